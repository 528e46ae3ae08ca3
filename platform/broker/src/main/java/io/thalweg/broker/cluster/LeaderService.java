package io.thalweg.broker.cluster;

import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.cluster.PartitionId;
import io.thalweg.log.LogId;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.VoterChangeRefused;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.LeadershipLost;
import io.thalweg.replication.node.NotLeading;
import io.thalweg.replication.node.ReplicaView;
import io.thalweg.replication.node.TransferRefused;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** What the controller asks of the leader of a partition, or of any replica, and the answers. On the replication loop. */
final class LeaderService {

    /** What can be asked. */
    enum Ask {
        ADD_VOTER,
        REMOVE_VOTER,
        TRANSFER,
        /** Whether it would lead, if it were in sync: of any broker. */
        LEAD,
        /** The same for nothing but that each leads its share, which can wait: of any broker. */
        SHARE,
        /** How far it is: of any replica. */
        STANDING
    }

    private final Replicas replicas;
    private final Willingness willingness;

    LeaderService(Replicas replicas, Willingness willingness) {
        this.replicas = replicas;
        this.willingness = willingness;
    }

    void serve(PeerRpc rpc) {
        rpc.handle(PeerMethods.LEADER, this::answer);
    }

    /** Asks the leader of a partition, or whoever may be; fails with a retriable error if it cannot do that now. */
    static Future<Void> ask(PeerRpc rpc, int leader, PartitionId id, Ask ask, int broker, Duration deadline) {
        return rpc.call(leader, PeerMethods.LEADER, question(id, ask, broker), deadline)
                .mapEmpty();
    }

    /** Asks any replica how far it is. */
    static Future<Replicas.Standing> standing(PeerRpc rpc, int replica, PartitionId id, Duration deadline) {
        return rpc.call(replica, PeerMethods.LEADER, question(id, Ask.STANDING, replica), deadline)
                .map(answer -> decode(CommandCodec.parse(answer)));
    }

    private static Buffer question(PartitionId id, Ask ask, int broker) {
        return new JsonObject()
                .put("ask", ask.name())
                .put("topicId", PartitionIds.topicId(id).toString())
                .put("partition", id.partition())
                .put("broker", broker)
                .toBuffer();
    }

    private static Buffer encode(Replicas.Standing standing) {
        return new JsonObject()
                .put("epoch", standing.epoch())
                .put("leader", standing.leader())
                .put("trusted", standing.trusted())
                .put("endEpoch", standing.end().epoch())
                .put("end", standing.end().offset())
                .put("voters", CommandCodec.ints(List.copyOf(standing.voters().ids())))
                .toBuffer();
    }

    private static Replicas.Standing decode(JsonObject json) {
        return new Replicas.Standing(
                json.getInteger("epoch"),
                json.getInteger("leader"),
                json.getBoolean("trusted"),
                new LogPosition(json.getInteger("endEpoch"), json.getLong("end")),
                Voters.of(CommandCodec.ints(json.getJsonArray("voters"))));
    }

    private Future<Buffer> answer(int from, Buffer body) {
        LogId id;
        Ask ask;
        int broker;
        try {
            JsonObject question = CommandCodec.parse(body);
            id = new LogId(Uuid.fromString(question.getString("topicId")), question.getInteger("partition"));
            ask = Ask.valueOf(question.getString("ask"));
            broker = question.getInteger("broker");
        } catch (IllegalArgumentException | ClassCastException | NullPointerException malformed) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "a question of the controller is not readable: " + malformed));
        }
        if (ask == Ask.STANDING) {
            Replicas.Standing standing = replicas.standing(id);
            return standing != null
                    ? Future.succeededFuture(encode(standing))
                    : Future.failedFuture(
                            new ThalwegException(ErrorCode.REPLICA_NOT_AVAILABLE, "no replica here: partition=" + id));
        }
        if (ask == Ask.LEAD) {
            return willing(id, willingness.toLead()).map(Buffer.buffer());
        }
        if (ask == Ask.SHARE) {
            return willing(id, willingness.toTakeItsShare()).map(Buffer.buffer());
        }
        Future<Void> done = ask == Ask.TRANSFER ? transfer(id, broker) : changeVoters(id, broker, ask == Ask.ADD_VOTER);
        return done.map(Buffer.buffer()).recover(failure -> Future.failedFuture(toCaller(failure)));
    }

    private Future<Void> willing(LogId id, @Nullable String why) {
        return why == null
                ? replicas.ready().recover(failure -> notNow(id, String.valueOf(failure.getMessage())))
                : notNow(id, why);
    }

    private static Future<Void> notNow(LogId id, String why) {
        return Future.failedFuture(new ThalwegException(
                ErrorCode.REPLICA_NOT_AVAILABLE, "it is not to lead yet: partition=" + id + "; " + why));
    }

    private Future<Void> transfer(LogId id, int broker) {
        ReplicaView view = replicas.view(id);
        if (view != null && view.leader() == broker) {
            return Future.succeededFuture();
        }
        return replicas.node().transfer(id, broker);
    }

    /** One voter more or less; nothing if it is so already. */
    Future<Void> changeVoters(LogId id, int broker, boolean add) {
        ReplicaView view = replicas.view(id);
        if (view == null || !view.leads()) {
            return Future.failedFuture(
                    new ThalwegException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "not the leader: partition=" + id));
        }
        List<Integer> voters = new ArrayList<>(view.voters());
        if (voters.contains(broker) == add) {
            return Future.succeededFuture();
        }
        if (add) {
            voters.add(broker);
        } else {
            voters.remove((Integer) broker);
        }
        return voters.isEmpty()
                ? Future.failedFuture(new ThalwegException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT, "the last replica stays: partition=" + id))
                : replicas.node().changeVoters(id, Voters.of(voters));
    }

    private static Throwable toCaller(Throwable failure) {
        if (failure instanceof NotLeading || failure instanceof LeadershipLost) {
            return new ThalwegException(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER, String.valueOf(failure.getMessage()), failure);
        }
        if (failure instanceof VoterChangeRefused || failure instanceof TransferRefused) {
            return new ThalwegException(ErrorCode.REPLICA_NOT_AVAILABLE, String.valueOf(failure.getMessage()), failure);
        }
        return failure;
    }
}
