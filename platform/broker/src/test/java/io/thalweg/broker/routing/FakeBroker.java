package io.thalweg.broker.routing;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** Broker 1 of two, with one partition whose leader the test sets; keeps what is appended here and there. */
final class FakeBroker implements BrokerApi, PeerRpc {

    static final TopicPartition P0 = new TopicPartition("orders", 0);

    /** What reached a broker, in order, and its answer. */
    record Arrived(int broker, String value, Promise<AppendResult> answer) {
        void ok(long offset) {
            answer.complete(new AppendResult(offset, -1, 0, 1));
        }

        void fail(ThalwegException failure) {
            answer.fail(failure);
        }
    }

    final List<Arrived> arrived = new ArrayList<>();
    volatile int leader = 1;

    synchronized List<Arrived> arrived() {
        return List.copyOf(arrived);
    }

    static ThalwegException notLeader() {
        return new ThalwegException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "not here");
    }

    private synchronized Future<AppendResult> arrive(int broker, AppendRequest request) {
        byte[] value = new byte[request.records().remaining()];
        request.records().get(request.records().position(), value);
        Promise<AppendResult> answer = Promise.promise();
        arrived.add(new Arrived(broker, new String(value, StandardCharsets.UTF_8), answer));
        return answer.future();
    }

    @Override
    public Future<AppendResult> append(AppendRequest request) {
        return arrive(1, request);
    }

    @Override
    public Future<Buffer> call(int broker, short method, Buffer body, Duration deadline) {
        return arrive(broker, RecordCalls.appendRequest(new WireReader(body)))
                .map(result -> Envelope.answer(RecordCalls.encode(result)))
                .recover(failure -> Future.succeededFuture(Envelope.failure(failure)));
    }

    @Override
    public void handle(short method, CallHandler handler) {}

    @Override
    public void handleNewcomers(short method, CallHandler handler) {}

    @Override
    public ClusterView cluster() {
        Uuid id = new Uuid(1, 1);
        TopicView topic = new TopicView(
                "orders", id, false, List.of(new PartitionView(0, leader, 1, List.of(1, 2), List.of(1, 2))), Map.of());
        return new ClusterView(
                1,
                "fake",
                1,
                List.of(new BrokerNode(1, null, Map.of()), new BrokerNode(2, null, Map.of())),
                Map.of("orders", topic),
                Map.of(id, "orders"));
    }

    @Override
    public boolean appendsCongested() {
        return false;
    }

    @Override
    public Future<Void> appendsUncongested() {
        return Future.succeededFuture();
    }

    @Override
    public Future<FetchResult> fetch(FetchRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<ListedOffset> listOffset(ListOffsetRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<EpochEndOffset> endOfEpoch(TopicPartition partition, int currentLeaderEpoch, int leaderEpoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Long> deleteRecords(TopicPartition partition, long beforeOffset) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<ProducerIdAndEpoch> initProducerId(long producerId, short producerEpoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TopicsApi topics() {
        throw new UnsupportedOperationException();
    }

    @Override
    public GroupsApi groups() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void advertise(String door, String host, int port) {}

    @Override
    public Future<List<PartitionStatus>> describeLogs(List<TopicPartition> partitions) {
        throw new UnsupportedOperationException();
    }
}
