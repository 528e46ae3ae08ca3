package io.thalweg.broker.routing;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.storage.Again;
import io.thalweg.broker.storage.Delay;
import io.thalweg.coordination.group.GroupCoordinator;
import io.thalweg.environment.Clock;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/** Finds out who must answer, and asks again while that changes. What routed calls share. Safe for any thread. */
final class Router {

    static final String OFFSETS_TOPIC = GroupCoordinator.OFFSETS_TOPIC;

    private static final int ASK_AGAIN_MILLIS = 25;

    final Vertx vertx;
    final Clock clock;
    final BrokerApi local;
    final int self;
    private final PeerRpc rpc;
    private final IntPredicate connected;
    private final long callMillisMax;

    Router(
            Vertx vertx,
            Clock clock,
            BrokerApi local,
            int self,
            PeerRpc rpc,
            IntPredicate connected,
            long callMillisMax) {
        this.vertx = vertx;
        this.clock = clock;
        this.local = local;
        this.self = self;
        this.rpc = rpc;
        this.connected = connected;
        this.callMillisMax = callMillisMax;
    }

    /** The leader that can be called now, or -1. Fails if there is no such partition. */
    int leader(TopicPartition name) {
        PartitionView partition = local.cluster().partition(name);
        if (partition == null) {
            throw new ThalwegException(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no such topic or partition in this cluster: " + name);
        }
        return isReachable(partition.leader()) ? partition.leader() : -1;
    }

    boolean isReachable(int broker) {
        return broker == self || (broker >= 0 && connected.test(broker));
    }

    ClusterView cluster() {
        return local.cluster();
    }

    long deadlineNanos(long millis) {
        return clock.monotonicNanos() + TimeUnit.MILLISECONDS.toNanos(Math.min(millis, callMillisMax));
    }

    boolean isOver(long deadlineNanos) {
        return clock.monotonicNanos() - deadlineNanos >= 0;
    }

    long callMillisMax() {
        return callMillisMax;
    }

    Future<Void> later() {
        return Delay.millis(vertx, ASK_AGAIN_MILLIS);
    }

    /** One call to another broker; the failure is what it was there. */
    <T> Future<T> call(int broker, Call call, Buffer body, long waitMillis, Function<WireReader, T> answer) {
        return rpc.call(broker, call.method(), body, Duration.ofMillis(waitMillis))
                .compose(Envelope::open)
                .map(opened -> answer.apply(new WireReader(opened)));
    }

    /** A question that may be asked twice, to whoever leads a partition. */
    <T> Future<T> toLeader(
            TopicPartition name, Supplier<Future<T>> here, Call call, Buffer body, Function<WireReader, T> answer) {
        long deadlineNanos = deadlineNanos(callMillisMax);
        return Again.after(
                vertx,
                ASK_AGAIN_MILLIS,
                failure -> isOfRouting(failure) && !isOver(deadlineNanos),
                () -> askLeader(name, here, call, body, answer));
    }

    private <T> Future<T> askLeader(
            TopicPartition name, Supplier<Future<T>> here, Call call, Buffer body, Function<WireReader, T> answer) {
        int leader = leader(name);
        if (leader < 0) {
            return Future.failedFuture(nobodyLeads(name));
        }
        return leader == self ? here.get() : call(leader, call, body, callMillisMax, answer);
    }

    static ThalwegException nobodyLeads(TopicPartition name) {
        return new ThalwegException(
                ErrorCode.LEADER_NOT_AVAILABLE, "nobody leads the partition now: partition=" + name + "; ask again");
    }

    /** Whether another broker, or the same a moment later, would answer. */
    static boolean isOfRouting(Throwable failure) {
        return switch (ThalwegException.codeOf(failure)) {
            case NOT_LEADER_OR_FOLLOWER,
                    LEADER_NOT_AVAILABLE,
                    OFFSET_NOT_AVAILABLE,
                    NETWORK_EXCEPTION,
                    FENCED_LEADER_EPOCH,
                    UNKNOWN_LEADER_EPOCH -> true;
            default -> false;
        };
    }
}
