package io.thalweg.gateway.kafka;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** A broker whose appends and fetches the test answers itself, when it wants, from its own thread. */
final class FakeBroker implements BrokerApi {

    static final Uuid TOPIC_ID = new Uuid(1, 2);

    final BlockingQueue<Begun<AppendRequest, AppendResult>> appends = new LinkedBlockingQueue<>();
    final BlockingQueue<Begun<FetchRequest, FetchResult>> fetches = new LinkedBlockingQueue<>();

    /** When set, appends are congested until it is complete. */
    volatile Promise<Void> congested;

    /** When set, what the broker knows of its cluster. */
    volatile ClusterView view;

    volatile ClusterAdmin admin = ClusterAdmin.NONE;

    volatile GroupsApi groups;

    /** When set, answers fetches at once. */
    volatile Function<FetchRequest, FetchResult> fetchAnswer;

    /** A call that waits for its answer; answering runs on the caller's context, as BrokerApi promises. */
    static final class Begun<Q, R> {
        final Q request;
        private final Promise<R> promise = Promise.promise();
        private final Context context = Vertx.currentContext();

        Begun(Q request) {
            this.request = request;
            if (context == null) {
                throw new IllegalStateException("the broker was called without a context");
            }
        }

        void answer(R result) {
            context.runOnContext(run -> promise.complete(result));
        }

        void fail(ErrorCode error) {
            context.runOnContext(run -> promise.fail(new ThalwegException(error, "refused by the test")));
        }
    }

    static <Q, R> Begun<Q, R> next(BlockingQueue<Begun<Q, R>> queue) throws InterruptedException {
        Begun<Q, R> begun = queue.poll(120, TimeUnit.SECONDS);
        if (begun == null) {
            throw new AssertionError("the broker was not called");
        }
        return begun;
    }

    @Override
    public Future<AppendResult> append(AppendRequest request) {
        Begun<AppendRequest, AppendResult> begun = new Begun<>(request);
        appends.add(begun);
        return begun.promise.future();
    }

    @Override
    public boolean appendsCongested() {
        return congested != null;
    }

    @Override
    public Future<Void> appendsUncongested() {
        Promise<Void> waiting = congested;
        return waiting == null ? Future.succeededFuture() : waiting.future();
    }

    @Override
    public Future<FetchResult> fetch(FetchRequest request) {
        Function<FetchRequest, FetchResult> answer = fetchAnswer;
        if (answer != null) {
            return Future.succeededFuture(answer.apply(request));
        }
        Begun<FetchRequest, FetchResult> begun = new Begun<>(request);
        fetches.add(begun);
        return begun.promise.future();
    }

    @Override
    public ClusterView cluster() {
        ClusterView other = view;
        if (other != null) {
            return other;
        }
        List<PartitionView> partitions = List.of(new PartitionView(0, 1, 0, List.of(1), List.of(1)));
        TopicView topic = new TopicView("t", TOPIC_ID, false, partitions, Map.of());
        return new ClusterView(
                1,
                "cluster",
                1,
                List.of(new BrokerNode(1, null, Map.of("kafka", new ClusterView.Endpoint("127.0.0.1", 9092)))),
                Map.of("t", topic),
                Map.of(TOPIC_ID, "t"));
    }

    @Override
    public void advertise(String door, String host, int port) {}

    @Override
    public Future<ListedOffset> listOffset(ListOffsetRequest request) {
        return Future.failedFuture(new IllegalStateException("a defect, on purpose"));
    }

    @Override
    public Future<EpochEndOffset> endOfEpoch(TopicPartition partition, int currentLeaderEpoch, int leaderEpoch) {
        throw new IllegalStateException("a defect, on purpose");
    }

    @Override
    public Future<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
        throw unused();
    }

    @Override
    public Future<ProducerIdAndEpoch> initProducerId(long producerId, short producerEpoch) {
        throw unused();
    }

    @Override
    public TopicsApi topics() {
        return null;
    }

    @Override
    public GroupsApi groups() {
        GroupsApi other = groups;
        if (other == null) {
            throw unused();
        }
        return other;
    }

    @Override
    public ClusterAdmin admin() {
        return admin;
    }

    @Override
    public Future<List<PartitionStatus>> describeLogs(List<TopicPartition> partitions) {
        throw unused();
    }

    private static ThalwegException unused() {
        return new ThalwegException(ErrorCode.COORDINATOR_NOT_AVAILABLE, "not part of this fake");
    }
}
