package io.thalweg.coordination.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.ManualEnvironment;
import io.thalweg.testkit.Seeds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;

/**
 * Goal: whatever the log does, nobody is told of something that can be lost. Method: rising numbers are written to a few
 * keys of one shard and read back, while the log commits late, fails, fails after it committed, is elected anew and loads
 * slowly or not at all. Each answer is judged: a read sees at least what was acknowledged, and seen, before it was asked;
 * at the end every operation has an answer and a fresh replay has every acknowledged write.
 */
class CoordinatorRuntimePropertyTest {

    private static final int KEYS = 3;
    private static final int STEPS = 1_500;

    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final long[] issued = new long[KEYS];
    /** The greatest value that anybody was told of: by an acknowledged write or by a read. */
    private final long[] told = new long[KEYS];

    private SplittableRandom random;
    private FickleLog log;
    private CoordinatorRuntime<Numbers> runtime;
    private int asked;
    private int answered;
    private int acknowledged;

    @Seeds(count = 200)
    void nothingThatWasToldIsEverLost(long seed) {
        random = new SplittableRandom(seed);
        log = new FickleLog();
        ManualEnvironment environment = ManualEnvironment.create(seed, Path.of("/data"));
        runtime = new CoordinatorRuntime<>(
                environment.environment(),
                new CoordinatorRuntimeConfig(1_024, 50, 100, 50),
                new Threads(),
                log,
                "__numbers",
                partition -> new Numbers());
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> write(random.nextInt(KEYS));
                case 4, 5, 6 -> read(random.nextInt(KEYS));
                case 7, 8 -> log.settle();
                case 9 -> environment.timers().advance(random.nextInt(60));
                case 10, 11, 12, 13, 14 -> runSomeTasks();
                default -> {
                    if (random.nextInt(20) == 0) {
                        log.epoch++;
                    }
                }
            }
        }
        while (log.settleGently() || !tasks.isEmpty()) {
            runAllTasks();
        }
        environment.timers().advance(1_000);
        while (log.settleGently() || !tasks.isEmpty()) {
            runAllTasks();
        }

        assertThat(answered).as("answers").isEqualTo(asked);
        assertThat(acknowledged).as("acknowledged writes").isPositive();
        Numbers replayed = new Numbers();
        log.committed.forEach(record -> replayed.replay(record.key(), record.value()));
        for (int key = 0; key < KEYS; key++) {
            assertThat(replayed.values.getOrDefault(key, 0L)).isBetween(told[key], issued[key]);
        }
    }

    private void write(int key) {
        long value = ++issued[key];
        asked++;
        Future<Long> written = runtime.execute(0, (shard, reply, turn) -> {
            shard.set(key, value, turn);
            turn.reply(reply, value);
        });
        written.onComplete(outcome -> {
            answered++;
            if (outcome.succeeded()) {
                acknowledged++;
                told[key] = Math.max(told[key], value);
            } else {
                checkRetriable(outcome.cause());
            }
        });
    }

    private void read(int key) {
        long toldBefore = told[key];
        asked++;
        Future<Long> read =
                runtime.execute(0, (shard, reply, turn) -> turn.reply(reply, shard.values.getOrDefault(key, 0L)));
        read.onComplete(outcome -> {
            answered++;
            if (outcome.succeeded()) {
                assertThat(outcome.result()).as("read of key %s", key).isBetween(toldBefore, issued[key]);
                told[key] = Math.max(told[key], outcome.result());
            } else {
                checkRetriable(outcome.cause());
            }
        });
    }

    private static void checkRetriable(Throwable failure) {
        assertThat(ThalwegException.codeOf(failure))
                .isIn(
                        ErrorCode.NOT_COORDINATOR,
                        ErrorCode.COORDINATOR_NOT_AVAILABLE,
                        ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }

    private void runSomeTasks() {
        for (int i = random.nextInt(8); i > 0 && !tasks.isEmpty(); i--) {
            tasks.remove().run();
        }
    }

    private void runAllTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    /** A value for each key. */
    private static final class Numbers implements CoordinatorShard {
        private final Map<Integer, Long> values = new HashMap<>();

        void set(int key, long value, Turn turn) {
            values.put(key, value);
            turn.append(new CoordinatorLog.CoordinatorRecord(
                    turn.wallMillis(),
                    ByteBuffer.allocate(4).putInt(key).array(),
                    ByteBuffer.allocate(8).putLong(value).array()));
        }

        @Override
        public void replay(byte[] key, byte[] value) {
            values.put(ByteBuffer.wrap(key).getInt(), ByteBuffer.wrap(value).getLong());
        }

        @Override
        public void onLoaded(Turn turn) {}

        @Override
        public void onTimer(Object timer, long lateNanos, Turn turn) {}
    }

    private final class Threads implements ShardThreads {
        @Override
        public Executor shard(int partition) {
            return tasks::add;
        }

        @Override
        public <T> Promise<T> promise() {
            return Promise.promise();
        }
    }

    /** One append or load at a time is settled, for better or worse. Appends of an older epoch never commit. */
    private final class FickleLog implements CoordinatorLog {
        private final List<CoordinatorRecord> committed = new ArrayList<>();
        private final Deque<Pending> pending = new ArrayDeque<>();
        private int epoch;

        private record Pending(Promise<Long> promise, Runnable effect, int epoch) {}

        void settle() {
            Pending next = pending.poll();
            if (next == null) {
                return;
            }
            switch (random.nextInt(10)) {
                case 0 -> next.promise.fail(new ThalwegException(ErrorCode.KAFKA_STORAGE_ERROR, "failed"));
                case 1 -> {
                    apply(next);
                    next.promise.fail(new ThalwegException(ErrorCode.REQUEST_TIMED_OUT, "committed, and not told"));
                }
                default -> succeed(next);
            }
        }

        boolean settleGently() {
            Pending next = pending.poll();
            if (next != null) {
                succeed(next);
            }
            return next != null;
        }

        private void succeed(Pending one) {
            if (one.epoch == epoch) {
                apply(one);
                one.promise.complete((long) committed.size());
            } else {
                one.promise.fail(new ThalwegException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "another epoch"));
            }
        }

        private void apply(Pending one) {
            if (one.epoch == epoch) {
                one.effect.run();
            }
        }

        @Override
        public Future<Integer> ensureTopic(String topic, int partitions, Map<String, String> configs) {
            return Future.succeededFuture(1);
        }

        @Override
        public int partitionCount(String topic) {
            return 1;
        }

        @Override
        public int leaderEpoch(TopicPartition partition) {
            return epoch;
        }

        @Override
        public Future<Long> append(TopicPartition partition, int leaderEpoch, List<CoordinatorRecord> records) {
            Promise<Long> promise = Promise.promise();
            pending.add(new Pending(promise, () -> committed.addAll(records), leaderEpoch));
            return promise.future();
        }

        @Override
        public Future<Long> replay(TopicPartition partition, ReplayVisitor visitor) {
            Promise<Long> promise = Promise.promise();
            pending.add(new Pending(
                    promise,
                    () -> {
                        long offset = 0;
                        for (CoordinatorRecord record : committed) {
                            visitor.onRecord(offset++, record.timestampMillis(), record.key(), record.value());
                        }
                    },
                    epoch));
            return promise.future();
        }
    }
}
