package io.thalweg.broker.cluster;

import io.thalweg.broker.peer.PeerTransport;
import io.thalweg.cluster.Member;
import io.thalweg.cluster.Membership;
import io.thalweg.environment.Timers;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a broker without a cluster gets into one: it asks those that are here, again and again; if none belongs to one and it may,
 * it forms one. Confined to the replication loop.
 */
final class Admission {

    private static final Logger LOGGER = LoggerFactory.getLogger(Admission.class);

    private static final int ASK_AGAIN_MILLIS = 50;
    private static final int CHECK_AGAIN_MILLIS = 20;
    private static final int CHECK_MILLIS_MAX = 3_000;
    private static final int ASKED_BETWEEN_WORDS = 100;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    /**
     * What a broker says of its cluster.
     *
     * @param clusterId null if it belongs to none
     * @param voters who decides about metadata; empty if it does not know yet
     */
    record Info(@Nullable Uuid clusterId, List<Integer> voters) {

        Buffer encode() {
            return new JsonObject()
                    .put("clusterId", clusterId == null ? null : clusterId.toString())
                    .put("voters", CommandCodec.ints(voters))
                    .toBuffer();
        }

        static Info decode(Buffer body) {
            JsonObject json = CommandCodec.parse(body);
            String cluster = json.getString("clusterId");
            return new Info(
                    cluster == null ? null : Uuid.fromString(cluster), CommandCodec.ints(json.getJsonArray("voters")));
        }
    }

    private final ContextInternal loop;
    private final Timers timers;
    private final ClusterPeer peer;
    private final PeerTransport transport;
    private final Membership membership;
    private final ClusterSettings settings;
    private final int self;
    private int asked;
    private boolean closed;

    Admission(ClusterParts parts, int self) {
        this.peer = parts.peer();
        this.loop = parts.peer().loop();
        this.timers = parts.peer().environment().timers();
        this.transport = parts.peer().transport();
        this.membership = parts.membership();
        this.settings = parts.settings();
        this.self = self;
    }

    /** Answers the others from now on. */
    static void serve(PeerTransport transport, Supplier<Info> info) {
        transport.handleNewcomers(
                PeerMethods.INFO,
                (from, body) -> Future.succeededFuture(info.get().encode()));
    }

    void close() {
        closed = true;
    }

    /** The cluster to join, or one without an id: then this broker forms one. */
    Future<Info> join() {
        Promise<Info> joined = loop.promise();
        loop.runOnContext(nothing -> look(settings.formAfter().toMillis(), joined));
        return joined.future();
    }

    /**
     * Of a broker that belongs to a cluster: fails if one that is here belongs to another. Waits for their answers, a little: who
     * is not here any more does not give one.
     */
    Future<Void> check() {
        Promise<Void> checked = loop.promise();
        loop.runOnContext(nothing -> check(CHECK_MILLIS_MAX, checked));
        return checked.future();
    }

    private void check(int leftMillis, Promise<Void> checked) {
        boolean allKnown = true;
        for (Member member : membership.members()) {
            String why = peer.foreign(member.brokerId());
            if (why != null) {
                checked.fail(new ThalwegException(ErrorCode.INCONSISTENT_CLUSTER_ID, why));
                return;
            }
            allKnown &= peer.isUp(member.brokerId());
        }
        if (allKnown || leftMillis <= 0) {
            checked.complete();
        } else {
            timers.schedule(CHECK_AGAIN_MILLIS, () -> check(leftMillis - CHECK_AGAIN_MILLIS, checked));
        }
    }

    /** Who decides about metadata, of a cluster that this broker belongs to; asks until somebody knows. */
    Future<List<Integer>> voters() {
        Promise<List<Integer>> known = loop.promise();
        loop.runOnContext(nothing -> lookForVoters(known));
        return known.future();
    }

    private void look(long mayFormInMillis, Promise<Info> joined) {
        ask().onSuccess(answers -> {
            for (Info answer : answers) {
                if (answer.clusterId() != null && !answer.voters().isEmpty()) {
                    joined.complete(answer);
                    return;
                }
            }
            if (settings.mayForm() && (mayFormInMillis <= 0 || allAreHere()) && nobodyHasOne(answers)) {
                LOGGER.info("no cluster was found; this broker forms one");
                joined.complete(new Info(null, List.of(self)));
            } else {
                again("waits to be let into a cluster", () -> look(mayFormInMillis - ASK_AGAIN_MILLIS, joined), joined);
            }
        });
    }

    private boolean allAreHere() {
        return settings.nodesExpected() > 0 && membership.members().size() >= settings.nodesExpected();
    }

    /** Who is here and does not answer may belong to one: a second cluster beside it could never be joined to it. */
    private boolean nobodyHasOne(List<Info> answers) {
        long others = membership.members().stream()
                .filter(member -> member.brokerId() != self)
                .count();
        return answers.size() >= others
                && answers.stream().allMatch(answer -> answer.clusterId() == null)
                && membership.members().stream().allMatch(member -> member.clusterId() == null);
    }

    private void lookForVoters(Promise<List<Integer>> known) {
        ask().onSuccess(answers -> {
            for (Info answer : answers) {
                if (!answer.voters().isEmpty()) {
                    known.complete(answer.voters());
                    return;
                }
            }
            again("waits for a broker that knows the metadata", () -> lookForVoters(known), known);
        });
    }

    private void again(String what, Runnable next, Promise<?> waiting) {
        if (closed) {
            waiting.fail("the node is closing");
            return;
        }
        if (++asked % ASKED_BETWEEN_WORDS == 0) {
            LOGGER.atInfo()
                    .setMessage("this broker " + what)
                    .addKeyValue(
                            "members",
                            membership.members().stream().map(Member::brokerId).toList())
                    .log();
        }
        timers.schedule(ASK_AGAIN_MILLIS, next);
    }

    /** The answers of all that are here and answer. */
    private Future<List<Info>> ask() {
        List<Future<Info>> answers = new ArrayList<>();
        for (Member member : membership.members()) {
            if (member.brokerId() != self) {
                answers.add(transport
                        .call(member.brokerId(), PeerMethods.INFO, Buffer.buffer(), ANSWER_MAX)
                        .map(Info::decode));
            }
        }
        if (answers.isEmpty()) {
            return loop.succeededFuture(List.of());
        }
        return Future.join(answers)
                .transform(all -> loop.succeededFuture(answers.stream()
                        .filter(Future::succeeded)
                        .map(Future::result)
                        .toList()));
    }
}
