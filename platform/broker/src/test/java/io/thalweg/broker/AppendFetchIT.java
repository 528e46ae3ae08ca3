package io.thalweg.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.BrokerApi.ListOffsetRequest;
import io.thalweg.broker.api.BrokerApi.ListedOffset;
import io.thalweg.broker.api.BrokerApi.PartitionStatus;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.ConfigResource;
import io.thalweg.broker.api.TopicsApi.ConfigResourceType;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchBuilder;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendFetchIT {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition P1 = new TopicPartition("orders", 1);

    @TempDir
    Path directory;

    private TestBroker node;

    @BeforeEach
    void start() {
        node = TestBroker.start(directory);
        node.create("orders", 2);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void whatWasAppendedIsReadBackInOrder() {
        assertThat(node.appended(P0, "a", "b")).isZero();
        assertThat(node.appended(P0, "c")).isEqualTo(2);

        assertThat(node.values(P0)).containsExactly("a", "b", "c");
        assertThat(node.values(P1)).isEmpty();
    }

    @Test
    void aFetchFromTheMiddleOfABatchGetsTheWholeBatch() {
        node.appended(P0, "a", "b", "c");

        assertThat(TestBroker.valuesOf(Futures.await(node.fetch(P0, 1, 0, 0)))).containsExactly("a", "b", "c");
    }

    @Test
    void readersOfCommittedDataAreServedFromMemoryToo() {
        node.appended(P0, "a", "b");
        long fromDisk = node.broker.metrics().coldReads();

        FetchResult fetched = Futures.await(node.api.fetch(
                new FetchRequest(List.of(TestBroker.read(P0, 0)), 0, 1, 1 << 20, IsolationLevel.READ_COMMITTED)));

        assertThat(fetched.partitions().get(0).abortedTransactions()).isEmpty();
        assertThat(TestBroker.valuesOf(fetched)).containsExactly("a", "b");
        assertThat(node.broker.metrics().coldReads()).isEqualTo(fromDisk);
    }

    @Test
    void pipelinedAppendsLandInTheOrderOfTheirCalls() {
        int count = 2_000;
        Promise<List<AppendResult>> all = Promise.promise();
        node.vertx.runOnContext(nothing -> {
            List<Future<AppendResult>> appends = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                appends.add(node.append(P0, "v" + i));
            }
            Future.all(appends).map(CompositeResults::<AppendResult>list).onComplete(all);
        });

        List<AppendResult> results = Futures.await(all.future());

        assertThat(results)
                .extracting(AppendResult::baseOffset)
                .containsExactlyElementsOf(
                        IntStream.range(0, count).mapToObj(Long::valueOf).toList());
        assertThat(node.values(P0))
                .containsExactlyElementsOf(
                        IntStream.range(0, count).mapToObj(i -> "v" + i).toList());
        assertThat(node.broker.metrics().commitGroups()).isLessThan(count);
    }

    @Test
    void answersArriveOnTheCallersContext() {
        Promise<Boolean> sameContext = Promise.promise();
        node.vertx.runOnContext(nothing -> {
            Context caller = Vertx.currentContext();
            node.append(P0, "a")
                    .compose(appended -> node.fetch(P0, 0, 0, 1))
                    .onSuccess(FetchResult::close)
                    .compose(fetched ->
                            node.api.topics().create(io.thalweg.broker.api.TopicsApi.NewTopic.named("other", 1), false))
                    .map(created -> Vertx.currentContext() == caller)
                    .onComplete(sameContext);
        });

        assertThat(Futures.await(sameContext.future())).isTrue();
    }

    @Test
    void aWaitingFetchIsWokenByAnAppend() {
        Future<FetchResult> waiting = node.fetch(P0, 0, 60_000, 1);
        node.awaitWaiters(1);

        node.appended(P0, "a");

        assertThat(TestBroker.valuesOf(Futures.await(waiting))).containsExactly("a");
        assertThat(node.broker.metrics().fetchWaiters()).isZero();
    }

    @Test
    void aFetchWaitsForItsMinimumOverAllPartitions() {
        int one = TestBroker.batch("a").remaining();
        Future<FetchResult> waiting = node.api.fetch(
                TestBroker.request(List.of(TestBroker.read(P0, 0), TestBroker.read(P1, 0)), 60_000, 3 * one, 1 << 20));

        node.awaitWaiters(1);
        node.appended(P0, "a");
        node.appended(P1, "b");
        assertThat(waiting.isComplete()).isFalse();
        node.appended(P0, "c");

        try (FetchResult result = Futures.await(waiting)) {
            assertThat(TestBroker.valuesOf(result.partitions().get(0))).containsExactly("a", "c");
            assertThat(TestBroker.valuesOf(result.partitions().get(1))).containsExactly("b");
        }
    }

    @Test
    void aFetchAnswersWithWhatThereIsWhenItsTimeIsOver() {
        node.appended(P0, "a");

        assertThat(TestBroker.valuesOf(Futures.await(node.fetch(P0, 0, 20, 1 << 20))))
                .containsExactly("a");
        assertThat(TestBroker.valuesOf(Futures.await(node.fetch(P0, 1, 20, 1)))).isEmpty();
        assertThat(node.broker.metrics().fetchWaiters()).isZero();
    }

    /** Reader and writer chase each other: one lost wake-up would hold the reader for longer than the test waits. */
    @Test
    void noAppendGoesUnnoticedByAWaitingReader() {
        chase(3_000);
    }

    @Test
    void noAppendGoesUnnoticedByAWaitingReaderOfTheDisk() {
        node.close();
        node = TestBroker.start(directory, config -> config.withTailBytes(0));
        chase(1_000);
        assertThat(node.broker.metrics().coldReads()).isPositive();
    }

    private void chase(int count) {
        Promise<Integer> read = Promise.promise();
        node.vertx.runOnContext(nothing -> follow(0, count, read));
        Promise<Void> written = Promise.promise();
        node.vertx.runOnContext(nothing -> write(0, count, written));

        Futures.await(written.future());
        assertThat(Futures.await(read.future())).isEqualTo(count);
    }

    private void write(int done, int count, Promise<Void> written) {
        if (done == count) {
            written.complete();
            return;
        }
        node.append(done % 2 == 0 ? P0 : P1, "v" + done)
                .onSuccess(appended -> write(done + 1, count, written))
                .onFailure(written::fail);
    }

    private void follow(int seen, int count, Promise<Integer> read) {
        follow(0, 0, seen, count, read);
    }

    private void follow(long next0, long next1, int seen, int count, Promise<Integer> read) {
        if (seen == count) {
            read.complete(seen);
            return;
        }
        node.api
                .fetch(TestBroker.request(
                        List.of(TestBroker.read(P0, next0), TestBroker.read(P1, next1)), 300_000, 1, 1 << 20))
                .onSuccess(result -> {
                    int of0;
                    int of1;
                    try (result) {
                        of0 = TestBroker.valuesOf(result.partitions().get(0)).size();
                        of1 = TestBroker.valuesOf(result.partitions().get(1)).size();
                    }
                    follow(next0 + of0, next1 + of1, seen + of0 + of1, count, read);
                })
                .onFailure(read::fail);
    }

    @Test
    void manyReadersOfOnePartitionAreAllWoken() {
        List<Future<FetchResult>> readers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            readers.add(node.fetch(P0, 0, 300_000, 1));
        }
        node.awaitWaiters(500);
        node.appended(P0, "a");

        for (Future<FetchResult> reader : readers) {
            assertThat(TestBroker.valuesOf(Futures.await(reader))).containsExactly("a");
        }
    }

    @Test
    void theFirstBatchIsReturnedEvenIfItAloneIsLargerThanTheLimit() {
        node.appended(P0, "x".repeat(5_000));
        node.appended(P1, "y".repeat(5_000));

        FetchRequest request = TestBroker.request(
                List.of(new FetchPartition(P0, null, 0, 10, -1, -1), new FetchPartition(P1, null, 0, 10, -1, -1)),
                0,
                0,
                100);
        try (FetchResult result = Futures.await(node.api.fetch(request))) {
            assertThat(TestBroker.valuesOf(result.partitions().get(0))).hasSize(1);
            assertThat(result.partitions().get(1).records().sizeInBytes()).isZero();
            assertThat(result.partitions().get(1).highWatermark()).isEqualTo(1);
        }
    }

    @Test
    void errorsOfOnePartitionLeaveTheOthersAlone() {
        node.appended(P0, "a");
        TopicPartition unknown = new TopicPartition("nowhere", 0);
        TopicPartition beyond = new TopicPartition("orders", 2);

        FetchRequest request = TestBroker.request(
                List.of(
                        TestBroker.read(unknown, 0),
                        TestBroker.read(beyond, 0),
                        TestBroker.read(P1, 5),
                        new FetchPartition(P1, Uuid.randomUuid(), 0, 100, -1, -1),
                        new FetchPartition(P1, null, 0, 100, 9, -1),
                        TestBroker.read(P0, 0)),
                60_000,
                1 << 20,
                1 << 20);
        try (FetchResult result = Futures.await(node.api.fetch(request))) {
            assertThat(result.partitions())
                    .extracting(FetchedPartition::error)
                    .containsExactly(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            ErrorCode.OFFSET_OUT_OF_RANGE,
                            ErrorCode.INCONSISTENT_TOPIC_ID,
                            ErrorCode.UNKNOWN_LEADER_EPOCH,
                            ErrorCode.NONE);
            assertThat(TestBroker.valuesOf(result.partitions().get(5))).containsExactly("a");
        }
    }

    @Test
    void badBatchesAreRefusedAndNothingOfThemIsKept() {
        ByteBuffer damaged = TestBroker.batch("a");
        damaged.put(damaged.limit() - 1, (byte) 99);

        assertThatThrownBy(() -> Futures.await(node.append(P0, damaged)))
                .satisfies(failedWith(ErrorCode.CORRUPT_MESSAGE));
        assertThatThrownBy(() -> Futures.await(node.append(new TopicPartition("nowhere", 0), "a")))
                .satisfies(failedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        assertThatThrownBy(() -> Futures.await(node.append(P0, "x".repeat(2 << 20))))
                .satisfies(failedWith(ErrorCode.MESSAGE_TOO_LARGE));

        assertThat(node.values(P0)).isEmpty();
        assertThat(node.broker.metrics().inFlightBytes()).isZero();
        assertThat(node.broker.metrics().appendFailures()).isEqualTo(3);
    }

    @Test
    void offsetsAreFoundByPlaceAndByTime() {
        long before = System.currentTimeMillis();
        node.appended(P0, "a", "b");
        node.appended(P0, "c");

        assertThat(list(ListOffsetRequest.EARLIEST).offset()).isZero();
        assertThat(list(ListOffsetRequest.LATEST).offset()).isEqualTo(3);
        assertThat(list(before).offset()).isZero();
        assertThat(list(System.currentTimeMillis() + 60_000)).isEqualTo(new ListedOffset(-1, -1, -1));
        assertThat(list(ListOffsetRequest.MAX_TIMESTAMP).timestamp()).isBetween(before, System.currentTimeMillis());
    }

    @Test
    void deletedRecordsAreGoneAndTheRestStays() {
        node.appended(P0, "a");
        node.appended(P0, "b");

        assertThat(Futures.await(node.api.deleteRecords(P0, 1))).isEqualTo(1);

        assertThat(list(ListOffsetRequest.EARLIEST).offset()).isEqualTo(1);
        try (FetchResult result = Futures.await(node.fetch(P0, 0, 0, 0))) {
            assertThat(result.partitions().get(0).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        }
        assertThat(TestBroker.valuesOf(Futures.await(node.fetch(P0, 1, 0, 0)))).containsExactly("b");
        assertThatThrownBy(() -> Futures.await(node.api.deleteRecords(P0, 3)))
                .satisfies(failedWith(ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThat(Futures.await(node.api.deleteRecords(P0, -1))).isEqualTo(2);
    }

    @Test
    void recordsOfACompactedTopicAreNotDeleted() {
        node.create("table", 1, Map.of("cleanup.policy", "compact"));

        assertThatThrownBy(() -> Futures.await(node.api.deleteRecords(new TopicPartition("table", 0), 0)))
                .satisfies(failedWith(ErrorCode.POLICY_VIOLATION));
    }

    @Test
    void logsAreDescribed() {
        node.appended(P0, "a", "b");

        List<PartitionStatus> all = Futures.await(node.api.describeLogs(null));
        List<PartitionStatus> some = Futures.await(node.api.describeLogs(List.of(P0)));

        assertThat(all).hasSize(2);
        assertThat(some).hasSize(1);
        assertThat(some.get(0).highWatermark()).isEqualTo(2);
        assertThat(some.get(0).sizeBytes()).isEqualTo(TestBroker.batch("a", "b").remaining());
        assertThat(some.get(0).error()).isNull();
    }

    @Test
    void acksOfMoreReplicasThanThereAreAreRefused() {
        node.create("strict", 1, Map.of("min.insync.replicas", "2"));

        assertThatThrownBy(() -> Futures.await(node.append(new TopicPartition("strict", 0), "a")))
                .satisfies(failedWith(ErrorCode.NOT_ENOUGH_REPLICAS));
    }

    @Test
    void aBatchThatIsThereAlreadyIsAnsweredWhereNewOnesAreRefused() {
        assertThat(Futures.await(node.append(P0, idempotent(0))).baseOffset()).isZero();
        assertThat(Futures.await(node.append(P0, idempotent(1))).baseOffset()).isOne();

        minInSyncReplicas("2");
        assertThat(Futures.await(node.append(P0, idempotent(0))).baseOffset()).isZero();
        assertThatThrownBy(() -> Futures.await(node.append(P0, idempotent(2))))
                .satisfies(failedWith(ErrorCode.NOT_ENOUGH_REPLICAS));

        minInSyncReplicas("1");
        assertThat(Futures.await(node.append(P0, idempotent(2))).baseOffset()).isEqualTo(2);
    }

    private void minInSyncReplicas(String count) {
        Futures.await(node.api
                .topics()
                .alterConfigs(
                        new ConfigResource(ConfigResourceType.TOPIC, P0.topic()),
                        List.of(new ConfigChange("min.insync.replicas", ConfigOperation.SET, count)),
                        false));
    }

    private static ByteBuffer idempotent(int sequence) {
        byte[] value = {(byte) sequence};
        return BatchBuilder.uncompressed()
                .producer(9, (short) 0, sequence, false)
                .append(0, value, value)
                .build();
    }

    @Test
    void closingAnswersWhoWaits() {
        Future<FetchResult> waiting = node.fetch(P0, 0, 300_000, 1);
        node.awaitWaiters(1);

        Futures.await(node.broker.close());

        try (FetchResult result = Futures.await(waiting)) {
            assertThat(result.partitions().get(0).error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        assertThatThrownBy(() -> Futures.await(node.append(P0, "late")))
                .satisfies(failedWith(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(node.broker.ready()).isFalse();
    }

    private ListedOffset list(long timestamp) {
        return Futures.await(
                node.api.listOffset(new ListOffsetRequest(P0, timestamp, IsolationLevel.READ_UNCOMMITTED, -1)));
    }

    static java.util.function.Consumer<Throwable> failedWith(ErrorCode error) {
        return failure -> assertThat(ThalwegException.codeOf(failure))
                .as(failure.toString())
                .isEqualTo(error);
    }

    /** The typed results of futures that all succeeded. */
    private static final class CompositeResults {
        static <T> List<T> list(io.vertx.core.CompositeFuture all) {
            List<T> results = new ArrayList<>();
            results.addAll(all.list());
            return results;
        }
    }
}
