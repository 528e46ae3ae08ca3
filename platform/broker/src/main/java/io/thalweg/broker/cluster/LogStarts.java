package io.thalweg.broker.cluster;

import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.environment.Timers;
import io.thalweg.environment.Timers.Timer;
import io.thalweg.log.LogId;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.replication.node.ReplicaView;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Tells followers where their leaders' logs start, so that what was deleted on order is deleted everywhere: at once when it is
 * ordered, and again every few seconds, because a follower may have been away. Confined to the replication loop.
 *
 * <pre>
 *   body  (topic id: 16 bytes | partition: int32 | leader epoch: int32 | start: int64)*
 * </pre>
 */
final class LogStarts {

    private static final int TELL_MILLIS = 10_000;
    private static final int ENTRY_BYTES = 32;
    private static final int ENTRIES_MAX = 10_000;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private final int self;
    private final Replicas replicas;
    private final PeerRpc rpc;
    private final Timers timers;
    private @Nullable Timer timer;
    private boolean closed;

    LogStarts(int self, Replicas replicas, PeerRpc rpc, Timers timers) {
        this.self = self;
        this.replicas = replicas;
        this.rpc = rpc;
        this.timers = timers;
    }

    void start() {
        rpc.handle(PeerMethods.FOLLOWER, (from, body) -> follow(from, body));
        schedule();
    }

    void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    private void schedule() {
        timer = timers.schedule(TELL_MILLIS, () -> {
            if (!closed) {
                tellAll();
                schedule();
            }
        });
    }

    /** The start of a partition that this node leads has moved. From any thread. */
    void onDeleted(Partition partition) {
        replicas.loop().runOnContext(nothing -> {
            Map<Integer, Buffer> bodies = new HashMap<>();
            collect(new LogId(partition.topicId(), partition.name().partition()), bodies);
            send(bodies);
        });
    }

    private void tellAll() {
        Map<Integer, Buffer> bodies = new HashMap<>();
        replicas.node().partitions().forEach(id -> collect(id, bodies));
        send(bodies);
    }

    private void collect(LogId id, Map<Integer, Buffer> bodies) {
        ReplicaView view = replicas.view(id);
        long start = replicas.logStart(id);
        if (view == null || !view.leads() || start <= 0) {
            return;
        }
        for (ReplicaView.Follower follower : view.followers()) {
            Buffer body = bodies.computeIfAbsent(follower.broker(), broker -> Buffer.buffer());
            if (body.length() < ENTRIES_MAX * ENTRY_BYTES) {
                body.appendLong(id.topicId().getMostSignificantBits())
                        .appendLong(id.topicId().getLeastSignificantBits())
                        .appendInt(id.partition())
                        .appendInt(view.epoch())
                        .appendLong(start);
            }
        }
    }

    /** Who does not hear it now is told again. */
    private void send(Map<Integer, Buffer> bodies) {
        bodies.forEach((broker, body) -> {
            if (broker != self) {
                rpc.call(broker, PeerMethods.FOLLOWER, body, ANSWER_MAX);
            }
        });
    }

    private Future<Buffer> follow(int from, Buffer body) {
        if (body.length() % ENTRY_BYTES != 0) {
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "a leader's word is not readable: bytes=" + body.length()));
        }
        for (int at = 0; at < body.length(); at += ENTRY_BYTES) {
            LogId id = new LogId(
                    new Uuid(body.getLong(at), body.getLong(at + Long.BYTES)),
                    Math.max(0, body.getInt(at + 2 * Long.BYTES)));
            int epoch = body.getInt(at + 2 * Long.BYTES + Integer.BYTES);
            long start = body.getLong(at + 2 * Long.BYTES + 2 * Integer.BYTES);
            ReplicaView view = replicas.view(id);
            if (view != null && view.leader() == from && view.epoch() == epoch) {
                replicas.followStart(id, start);
            }
        }
        return Future.succeededFuture(Buffer.buffer());
    }
}
