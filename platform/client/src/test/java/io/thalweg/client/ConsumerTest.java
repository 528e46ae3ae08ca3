package io.thalweg.client;

import static io.thalweg.client.ProducerTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.FetchedPartition.AbortedTransaction;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.client.consume.LocalConsumer;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.TransactionMarker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ConsumerTest {

    private static final TopicPartition T0 = new TopicPartition("t", 0);

    private Vertx vertx;
    private FakeBroker broker;
    private Context context;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        broker = new FakeBroker(vertx);
        broker.addTopic("t", 1);
        context = vertx.getOrCreateContext();
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private <T> T onContext(Callable<T> task) throws Exception {
        Promise<T> promise = Promise.promise();
        context.runOnContext(turn -> {
            try {
                promise.complete(task.call());
            } catch (Exception failure) {
                promise.fail(failure);
            }
        });
        return await(promise.future());
    }

    private Consumer consumer(Reset reset, long bufferBytesMax) throws Exception {
        ConsumerConfig config = new ConsumerConfig(
                null, null, "test", reset, IsolationLevel.READ_COMMITTED, 0, 10_000, 50, 4_096, bufferBytesMax);
        return onContext(() -> LocalClient.create(vertx, broker).consumer(config));
    }

    private void publish(String topic, int partition, int from, int to) {
        for (int i = from; i < to; ) {
            BatchBuilder batch = BatchBuilder.uncompressed();
            for (int n = 0; n < 7 && i < to; n++) {
                batch.append(i, null, ("v" + i++).getBytes(StandardCharsets.UTF_8));
            }
            broker.appendRaw(broker.log(topic, partition), batch.build());
        }
    }

    private static String value(ReceivedRecord record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private static List<String> numbers(int from, int to) {
        List<String> numbers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            numbers.add("v" + i);
        }
        return numbers;
    }

    /** Completes once {@code consumer} gave out {@code count} records; they are in {@code into}. */
    private static Future<Void> collect(Consumer consumer, int count, List<String> into) {
        Promise<Void> done = Promise.promise();
        consumer.handler(record -> {
            into.add(value(record));
            if (into.size() == count) {
                done.tryComplete();
            }
        });
        return done.future();
    }

    @Test
    void recordsComeInOrderFromTheBeginningAndAsTheyArePublished() throws Exception {
        publish("t", 0, 0, 500);
        Consumer consumer = consumer(Reset.EARLIEST, 64 << 10);
        List<String> seen = new CopyOnWriteArrayList<>();
        Future<Void> first = collect(consumer, 500, seen);
        await(consumer.assign(Set.of(T0)));
        await(first);
        Future<Void> rest = collect(consumer, 1_000, seen);
        publish("t", 0, 500, 1_000);
        await(rest);
        assertThat(seen).isEqualTo(numbers(0, 1_000));
        assertThat(onContext(consumer::positions)).isEqualTo(Map.of(T0, 1_000L));
        await(consumer.close());
    }

    @Test
    void aHandlerThatAsksForNothingHoldsBackNoMoreThanTheBuffer() throws Exception {
        publish("t", 0, 0, 20_000);
        Consumer consumer = consumer(Reset.EARLIEST, 16 << 10);
        consumer.pause();
        List<String> seen = new CopyOnWriteArrayList<>();
        Future<Void> all = collect(consumer, 20_000, seen);
        await(consumer.assign(Set.of(T0)));
        LocalConsumer local = (LocalConsumer) consumer;
        while (onContext(local::bufferedBytes) < 4_096) {
            Thread.onSpinWait();
        }
        // A fetch takes few turns here: one that should not be sent would be answered within these.
        for (int turn = 0; turn < 500; turn++) {
            assertThat(onContext(local::bufferedBytes)).isBetween(4_096L, 24L << 10);
        }
        assertThat(seen).isEmpty();
        consumer.resume();
        await(all);
        assertThat(seen).isEqualTo(numbers(0, 20_000));
        assertThat(onContext(local::bufferedBytes)).isZero();
    }

    @Test
    void demandIsCountedInRecords() throws Exception {
        publish("t", 0, 0, 100);
        Consumer consumer = consumer(Reset.EARLIEST, 64 << 10);
        consumer.pause();
        List<String> seen = new CopyOnWriteArrayList<>();
        collect(consumer, -1, seen);
        await(consumer.assign(Set.of(T0)));
        for (int wanted = 1; wanted <= 20; wanted++) {
            consumer.fetch(1);
            int expected = wanted;
            while (seen.size() < expected) {
                onContext(() -> null);
            }
            onContext(() -> null);
            assertThat(seen).isEqualTo(numbers(0, expected));
        }
    }

    @Test
    void seekingMovesThePositionAndDropsWhatWasReadAhead() throws Exception {
        publish("t", 0, 0, 1_000);
        for (long seed = 1; seed <= 10; seed++) {
            Random random = new Random(seed);
            Consumer consumer = consumer(Reset.EARLIEST, 64 << 10);
            List<Long> offsets = new CopyOnWriteArrayList<>();
            Map<Integer, Long> seeks = new HashMap<>();
            Promise<Void> end = Promise.promise();
            AtomicInteger left = new AtomicInteger(20);
            consumer.handler(record -> {
                offsets.add(record.offset());
                if (left.get() > 0 && random.nextInt(20) == 0) {
                    left.decrementAndGet();
                    long target = random.nextInt(1_000);
                    seeks.put(offsets.size(), target);
                    consumer.seek(T0, target);
                } else if (record.offset() == 999) {
                    end.tryComplete();
                }
            });
            await(consumer.assign(Set.of(T0)));
            await(end.future());
            for (int i = 1; i < offsets.size(); i++) {
                long expected = seeks.getOrDefault(i, offsets.get(i - 1) + 1);
                assertThat(offsets.get(i)).as("seed=" + seed + " i=" + i).isEqualTo(expected);
            }
            await(consumer.close());
        }
    }

    @Test
    void abortedTransactionsAndControlBatchesAreLeftOutAndThePositionPassesThem() throws Exception {
        publish("t", 0, 0, 5);
        var log = broker.log("t", 0);
        long firstAborted = log.endOffset;
        broker.appendRaw(
                log,
                BatchBuilder.uncompressed()
                        .producer(7, (short) 0, 0, true)
                        .append(1, null, "aborted".getBytes(StandardCharsets.UTF_8))
                        .build());
        broker.appendRaw(
                log,
                BatchBuilder.uncompressed()
                        .producer(8, (short) 0, 0, true)
                        .append(1, null, "committed".getBytes(StandardCharsets.UTF_8))
                        .build());
        broker.appendRaw(log, BatchBuilder.transactionMarker(1, 7, (short) 0, new TransactionMarker(false, 0)));
        broker.appendRaw(log, BatchBuilder.transactionMarker(1, 8, (short) 0, new TransactionMarker(true, 0)));
        broker.appendRaw(
                log,
                BatchBuilder.uncompressed()
                        .producer(7, (short) 0, 1, true)
                        .append(1, null, "second of 7".getBytes(StandardCharsets.UTF_8))
                        .build());
        broker.appendRaw(log, BatchBuilder.transactionMarker(1, 7, (short) 0, new TransactionMarker(true, 0)));
        log.aborted = List.of(new AbortedTransaction(7, firstAborted));
        Consumer consumer = consumer(Reset.EARLIEST, 64 << 10);
        List<String> seen = new CopyOnWriteArrayList<>();
        Future<Void> all = collect(consumer, 7, seen);
        await(consumer.assign(Set.of(T0)));
        await(all);
        assertThat(seen).containsExactly("v0", "v1", "v2", "v3", "v4", "committed", "second of 7");
        while (onContext(consumer::positions).get(T0) != log.endOffset) {
            onContext(() -> null);
        }
    }

    @Test
    void aPositionOutOfRangeIsResetAsConfigured() throws Exception {
        publish("t", 0, 0, 100);
        broker.log("t", 0).startOffset = 49;
        Consumer earliest = consumer(Reset.EARLIEST, 64 << 10);
        List<String> seen = new CopyOnWriteArrayList<>();
        Future<Void> all = collect(earliest, 51, seen);
        await(earliest.assign(Set.of(T0)));
        await(all);
        assertThat(seen).isEqualTo(numbers(49, 100));

        Consumer none = consumer(Reset.NONE, 64 << 10);
        Promise<Throwable> failure = Promise.promise();
        none.exceptionHandler(failure::tryComplete).handler(record -> {});
        none.assign(Set.of(T0));
        assertThat(ThalwegException.codeOf(await(failure.future()))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void aPausedPartitionGivesNothingAndTheOthersGoOn() throws Exception {
        broker.addTopic("two", 2);
        publish("two", 0, 0, 5_000);
        publish("two", 1, 0, 5_000);
        TopicPartition paused = new TopicPartition("two", 0);
        TopicPartition flowing = new TopicPartition("two", 1);
        Consumer consumer = consumer(Reset.EARLIEST, 8 << 10);
        Map<Integer, List<String>> seen = Map.of(0, new CopyOnWriteArrayList<>(), 1, new CopyOnWriteArrayList<>());
        Promise<Void> one = Promise.promise();
        Promise<Void> both = Promise.promise();
        consumer.assignmentHandler(change -> consumer.pause(Set.of(paused)));
        consumer.batchHandler(records -> {
            for (ReceivedRecord record : records) {
                seen.get(record.partition()).add(value(record));
            }
            if (seen.get(1).size() == 5_000) {
                one.tryComplete();
                if (seen.get(0).size() == 5_000) {
                    both.tryComplete();
                }
            }
        });
        await(consumer.assign(Set.of(paused, flowing)));
        await(one.future());
        assertThat(seen.get(0)).isEmpty();
        consumer.resume(Set.of(paused));
        await(both.future());
        assertThat(seen.get(0)).isEqualTo(numbers(0, 5_000));
        assertThat(seen.get(1)).isEqualTo(numbers(0, 5_000));
    }
}
