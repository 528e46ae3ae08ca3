package io.thalweg.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.client.FakeBroker.Fate;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.NeedsOperatorException;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ProducerTest {

    private Vertx vertx;
    private FakeBroker broker;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        broker = new FakeBroker(vertx);
        broker.addTopic("t", 1);
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static OutgoingRecord record(String value) {
        return new OutgoingRecord("t", 0, null, value.getBytes(StandardCharsets.UTF_8), List.of(), -1);
    }

    private List<String> stored(String topic, int partition) {
        List<String> values = new ArrayList<>();
        broker.log(topic, partition)
                .batches
                .values()
                .forEach(batch -> RecordReader.forEach(batch, ReadLimits.defaults(), record -> {
                    values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
                    return true;
                }));
        return values;
    }

    private static List<String> numbers(int count) {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add("v" + i);
        }
        return numbers;
    }

    private static List<OutgoingRecord> records(int count) {
        return numbers(count).stream().map(ProducerTest::record).toList();
    }

    private Producer producer(int batchBytesMax, long bufferBytesMax) {
        return LocalClient.create(vertx, broker)
                .producer(new ProducerConfig(Acks.ALL, batchBytesMax, bufferBytesMax, true, 10_000));
    }

    @Test
    void recordsSentWhileBatchesAreUnderWayShareTheNext() throws Exception {
        Producer producer = producer(256 << 10, 32 << 20);
        broker.holdAppends = true;
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        for (String value : numbers(1_000)) {
            sends.add(producer.send(record(value)));
        }
        await(broker.initProducerId(-1, (short) -1)); // let the event loop turn
        Future<Void> flushed = producer.flush();
        broker.release();
        await(flushed);
        assertThat(sends).allMatch(Future::succeeded);
        for (int i = 0; i < sends.size(); i++) {
            assertThat(sends.get(i).result().offset()).isEqualTo(i);
        }
        assertThat(stored("t", 0)).isEqualTo(numbers(1_000));
        assertThat(broker.appends.get()).isLessThan(100);
    }

    @Test
    void failedAttemptsLeaveNeitherDuplicatesNorGapsNorDisorder() throws Exception {
        for (long seed = 1; seed <= 8; seed++) {
            start();
            Random random = new Random(seed);
            broker.fate = request -> switch (random.nextInt(6)) {
                case 0 -> Fate.REFUSE;
                case 1 -> Fate.LOSE_ANSWER;
                default -> Fate.APPEND;
            };
            Producer producer = producer(200, 32 << 20);
            List<SendOutcome> outcomes = await(producer.send(records(150)));
            assertThat(outcomes).as("seed=" + seed).allMatch(outcome -> outcome.failure() == null);
            assertThat(stored("t", 0)).as("seed=" + seed).isEqualTo(numbers(150));
            for (int i = 0; i < outcomes.size(); i++) {
                assertThat(outcomes.get(i).metadata().offset())
                        .as("seed=" + seed)
                        .isEqualTo(i);
            }
            assertThat(broker.inFlightMost.get()).isLessThanOrEqualTo(5);
            stop();
        }
    }

    @Test
    void aBatchThatIsTooLargeIsSplitAndOnlyTheRecordThatIsTooLargeFails() throws Exception {
        broker.fate = request -> request.records().remaining() > 400 ? Fate.TOO_LARGE : Fate.APPEND;
        Producer producer = producer(2_000, 32 << 20);
        List<OutgoingRecord> records = new ArrayList<>(records(100));
        records.add(40, record("x".repeat(1_000)));
        List<SendOutcome> outcomes = await(producer.send(records));
        assertThat(ThalwegException.codeOf(outcomes.get(40).failure())).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        outcomes = new ArrayList<>(outcomes);
        outcomes.remove(40);
        assertThat(outcomes).allMatch(outcome -> outcome.failure() == null);
        assertThat(stored("t", 0)).isEqualTo(numbers(100));
    }

    @Test
    void aNodeThatNeedsItsOperatorIsNotAskedTwice() throws Exception {
        broker.fate = request -> Fate.NEEDS_OPERATOR;
        Producer producer = producer(256 << 10, 32 << 20);

        List<SendOutcome> first = await(producer.send(records(10)));
        List<SendOutcome> second = await(producer.send(records(1)));

        assertThat(first).allMatch(outcome -> outcome.failure() instanceof NeedsOperatorException);
        assertThat(second).allMatch(outcome -> outcome.failure() instanceof NeedsOperatorException);
        assertThat(broker.appends).hasValue(2);
    }

    @Test
    void anotherReplicaMayTakeWhatANodeThatNeedsItsOperatorCannot() throws Exception {
        broker.addTopic("t", 1, List.of(1, 2, 3));
        AtomicInteger attempts = new AtomicInteger();
        broker.fate = request -> attempts.incrementAndGet() == 1 ? Fate.NEEDS_OPERATOR : Fate.APPEND;

        List<SendOutcome> outcomes = await(producer(256 << 10, 32 << 20).send(records(10)));

        assertThat(outcomes).allMatch(outcome -> outcome.failure() == null);
        assertThat(stored("t", 0)).isEqualTo(numbers(10));
    }

    @Test
    void whatIsBufferedIsBounded() throws Exception {
        Producer producer = producer(1_000, 10_000);
        broker.holdAppends = true;
        List<SendOutcome> outcomes = new ArrayList<>();
        Future<List<SendOutcome>> sent = producer.send(records(1_000));
        // What is answered now is heard in a later turn than the one that takes or refuses the records.
        broker.release();
        outcomes.addAll(await(sent));
        long refused = outcomes.stream()
                .filter(o -> o.failure() != null)
                .peek(o ->
                        assertThat(ThalwegException.codeOf(o.failure())).isEqualTo(ErrorCode.THROTTLING_QUOTA_EXCEEDED))
                .count();
        assertThat(refused).isBetween(500L, 999L);
        assertThat(stored("t", 0)).isEqualTo(numbers((int) (1_000 - refused)));
        await(producer.send(record("again"))); // the room came back
    }

    @Test
    void aSendWithoutAnAnswerFailsAfterTheDeliveryTimeoutAndTheNextOnesGoThrough() throws Exception {
        Producer producer =
                LocalClient.create(vertx, broker).producer(new ProducerConfig(Acks.ALL, 1_000, 1_000_000, true, 3_000));
        broker.fate = request -> Fate.REFUSE;
        Future<RecordMetadata> lost = producer.send(record("lost"));
        await(lost.recover(failure -> Future.succeededFuture()));
        assertThat(lost.failed()).isTrue();
        assertThat(ThalwegException.codeOf(lost.cause()).retriable()).isTrue();
        broker.fate = request -> Fate.APPEND;
        assertThat(await(producer.send(record("next"))).offset()).isZero();
        assertThat(stored("t", 0)).containsExactly("next");
    }

    @Test
    void sequencesThatTheLogDoesNotExpectAreMendedByANewEpoch() throws Exception {
        Producer producer = producer(1_000, 1_000_000);
        await(producer.send(record("a")));
        broker.log("t", 0).producers.replaceAll((id, state) -> new long[] {state[0], 77});
        broker.log("t", 0).appended.clear();
        assertThat(await(producer.send(record("b"))).offset()).isEqualTo(1);
        assertThat(await(producer.send(record("c"))).offset()).isEqualTo(2);
        assertThat(stored("t", 0)).containsExactly("a", "b", "c");
    }

    @Test
    void keysGoWhereKafkaPutsThemAndRecordsWithoutOneSpread() throws Exception {
        broker.addTopic("k", 7);
        Producer producer = producer(1_000, 1_000_000);
        byte[] key = "some key".getBytes(StandardCharsets.UTF_8);
        int expected =
                org.apache.kafka.common.utils.Utils.toPositive(org.apache.kafka.common.utils.Utils.murmur2(key)) % 7;
        assertThat(await(producer.send(OutgoingRecord.of("k", key, key))).partition())
                .isEqualTo(expected);
        boolean[] hit = new boolean[7];
        for (int i = 0; i < 7; i++) {
            hit[await(producer.send(OutgoingRecord.of("k", null, key))).partition()] = true;
        }
        assertThat(hit).containsOnly(true);
    }

    @Test
    void unknownTopicsAndPartitionsFailAtOnceAndAClosedProducerRefuses() throws Exception {
        Producer producer = producer(1_000, 1_000_000);
        Future<RecordMetadata> noTopic = producer.send(OutgoingRecord.of("absent", null, null));
        Future<RecordMetadata> noPartition = producer.send(new OutgoingRecord("t", 9, null, null, List.of(), -1));
        await(Future.join(noTopic, noPartition).recover(failure -> Future.succeededFuture()));
        assertThat(ThalwegException.codeOf(noTopic.cause())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(ThalwegException.codeOf(noPartition.cause())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        await(producer.close());
        assertThat(producer.send(record("late")).failed()).isTrue();
    }

    @Test
    void aStreamIsFullWhileTheBufferIsAndDrains() throws Exception {
        Producer producer = producer(1_000, 10_000);
        var stream = producer.stream();
        AtomicInteger drained = new AtomicInteger();
        stream.drainHandler(v -> drained.incrementAndGet());
        broker.holdAppends = true;
        int written = 0;
        while (!stream.writeQueueFull()) {
            stream.write(record("v" + written++));
        }
        assertThat(written).isBetween(10, 1_000);
        Future<Void> ended = stream.end();
        broker.release();
        await(ended);
        assertThat(stored("t", 0)).isEqualTo(numbers(written));
    }

    @Test
    void callersOnOtherContextsKeepTheirOrder() throws Exception {
        Producer producer = producer(500, 32 << 20);
        List<Future<?>> all = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            String name = "c" + caller + "-";
            broker.addTopic(name, 1);
            var context = vertx.getOrCreateContext();
            io.vertx.core.Promise<Void> done = io.vertx.core.Promise.promise();
            all.add(done.future());
            context.runOnContext(turn -> {
                List<Future<?>> sends = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    sends.add(producer.send(OutgoingRecord.of(name, null, ("v" + i).getBytes(StandardCharsets.UTF_8))));
                }
                Future.all(sends).<Void>mapEmpty().onComplete(done);
            });
        }
        await(Future.all(all));
        for (int caller = 0; caller < 4; caller++) {
            assertThat(stored("c" + caller + "-", 0)).isEqualTo(numbers(500));
        }
    }
}
