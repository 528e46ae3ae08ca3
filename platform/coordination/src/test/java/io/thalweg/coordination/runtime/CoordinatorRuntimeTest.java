package io.thalweg.coordination.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.ManualEnvironment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CoordinatorRuntimeTest {

    private final ManualEnvironment environment = ManualEnvironment.create(1, Path.of("/data"));
    private final HeldLog log = new HeldLog();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final CoordinatorRuntimeConfig config = new CoordinatorRuntimeConfig(1_024, 8, 100, 500);
    private final CoordinatorRuntime<Register> runtime = new CoordinatorRuntime<>(
            environment.environment(), config, new Threads(), log, "__register", partition -> new Register());

    @Test
    void writeIsAnsweredWhenItIsCommittedAndNoEarlier() {
        Future<String> written = set("k", "1");
        assertThat(written.isComplete()).isFalse();
        log.commit();

        assertThat(written.result()).isEqualTo("1");
    }

    @Test
    void readIsNotAnsweredBeforeWhatItSawIsCommitted() {
        set("k", "1");
        Future<String> read = get("k");
        assertThat(read.isComplete()).isFalse();
        log.commit();

        assertThat(read.result()).isEqualTo("1");
        assertThat(get("k").result()).as("nothing is on the way").isEqualTo("1");
    }

    @Test
    void readOfAWriteThatFailedFailsToo() {
        set("k", "1");
        log.commit();
        Future<String> lost = set("k", "2");
        Future<String> read = get("k");
        log.failAppend();

        assertThat(code(lost)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(code(read)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(code(get("k"))).as("no reload at once").isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        advance(500);
        assertThat(get("k").result()).as("loaded again from the log").isEqualTo("1");
    }

    @Test
    void appendWithUnknownOutcomeIsSettledByTheReload() {
        Future<String> unknown = set("k", "2");
        log.commitButFail();
        advance(500);

        assertThat(code(unknown)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(get("k").result()).isEqualTo("2");
    }

    @Test
    void whatArrivesDuringAnAppendGoesTogetherIntoTheNext() {
        List<Future<String>> written = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            written.add(set("k" + i, "v"));
        }
        log.commit();
        assertThat(written).extracting(Future::isComplete).containsExactly(true, false, false, false, false);
        log.commit();

        assertThat(written).allMatch(Future::succeeded);
        assertThat(log.batches).extracting(List::size).containsExactly(1, 4);
    }

    @Test
    void operationIsNotSplitOverBatchesIfItFitsOne() {
        set("k", "v");
        set("a", "x".repeat(700));
        set("b", "x".repeat(700));
        log.commit();
        log.commit();
        log.commit();

        assertThat(log.batches).extracting(List::size).containsExactly(1, 1, 1);
    }

    @Test
    void operationLargerThanABatchIsAnsweredAfterItsLastPart() {
        Future<String> large = execute((shard, reply, turn) -> {
            for (int i = 0; i < 5; i++) {
                shard.set("k" + i, "x".repeat(400), turn);
            }
            turn.reply(reply, "done");
        });
        log.commit();
        log.commit();
        assertThat(large.isComplete()).isFalse();
        log.commit();

        assertThat(large.result()).isEqualTo("done");
    }

    @Test
    void requestsWaitForAShortLoad() {
        log.holdReplay = true;
        Future<String> read = get("k");
        assertThat(read.isComplete()).isFalse();
        log.finishReplay();
        drain();

        assertThat(read.result()).isEqualTo("none");
    }

    @Test
    void longLoadIsAnsweredWithLoadInProgress() {
        log.holdReplay = true;
        Future<String> early = get("k");
        advance(101);

        assertThat(code(early)).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(code(get("k"))).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        log.finishReplay();
        drain();
        assertThat(get("k").result()).isEqualTo("none");
    }

    @Test
    void loadThatFailsIsTriedAgainLater() {
        log.failReplay = true;
        assertThat(code(get("k"))).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        log.failReplay = false;
        advance(500);

        assertThat(get("k").result()).isEqualTo("none");
    }

    @Test
    void nothingIsReadBeforeTheFirstRequest() {
        assertThat(log.replays).isZero();
        get("k");
        get("k");
        assertThat(log.replays).isEqualTo(1);
    }

    @Test
    void partitionOfAnotherLeaderIsRefused() {
        log.epoch = -1;
        assertThat(code(get("k"))).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void newEpochLoadsAgainAndTheOldOneAnswersNoMore() {
        Future<String> old = set("k", "1");
        log.epoch = 2;
        Future<String> read = get("k");

        assertThat(code(old)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        log.commit();
        assertThat(read.isComplete()).isTrue();
        assertThat(log.replays).isEqualTo(2);
    }

    @Test
    void closingFailsAllThatWaitsAndStopsTheTimers() {
        Future<String> parked = execute((shard, reply, turn) -> {
            shard.parked.add(reply);
            turn.schedule("timer", 1_000);
        });
        runtime.close();
        drain();

        assertThat(code(parked)).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(code(get("k"))).isEqualTo(ErrorCode.NOT_COORDINATOR);
        advance(1_000);
        assertThat(environment.timers().pending()).isZero();
    }

    @Test
    void timersRunOnceAndNotWhenCancelledOrReplaced() {
        Future<String> fired = execute((shard, reply, turn) -> {
            shard.parked.add(reply);
            turn.schedule("a", 100);
            turn.schedule("a", 300);
            turn.schedule("b", 200);
            turn.cancel("b");
        });
        advance(299);
        assertThat(fired.isComplete()).isFalse();
        advance(1);

        assertThat(fired.result()).isEqualTo("a");
    }

    @Test
    void refusedOperationChangesNothingAndTheShardLivesOn() {
        set("k", "1");
        log.commit();
        Future<String> refused = execute((shard, reply, turn) -> {
            throw new ThalwegException(ErrorCode.INVALID_REQUEST, "no");
        });

        assertThat(code(refused)).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(get("k").result()).isEqualTo("1");
        assertThat(log.replays).isEqualTo(1);
    }

    @Test
    void defectThrowsTheStateAwayAndLoadsIt() {
        set("k", "1");
        log.commit();
        Future<String> defect = execute((shard, reply, turn) -> {
            shard.values.put("k", "corrupt");
            throw new IllegalStateException("defect");
        });

        assertThat(code(defect)).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        advance(500);
        assertThat(get("k").result()).isEqualTo("1");
    }

    @Test
    void tooManyWaitingOperationsAreRefused() {
        List<Future<String>> written = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            written.add(set("k", "v" + i));
        }

        assertThat(written.subList(9, 12)).allMatch(one -> code(one) == ErrorCode.COORDINATOR_NOT_AVAILABLE);
        log.commit();
        log.commit();
        assertThat(written.subList(0, 8)).allMatch(Future::succeeded);
    }

    private Future<String> set(String key, String value) {
        return execute((shard, reply, turn) -> {
            shard.set(key, value, turn);
            turn.reply(reply, value);
        });
    }

    private Future<String> get(String key) {
        return execute((shard, reply, turn) -> turn.reply(reply, shard.values.getOrDefault(key, "none")));
    }

    private Future<String> execute(ShardOperation<Register, String> operation) {
        Future<String> answer = runtime.execute(0, operation);
        drain();
        return answer;
    }

    private void advance(long millis) {
        environment.timers().advance(millis);
        drain();
    }

    private void drain() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private static ErrorCode code(Future<?> answer) {
        assertThat(answer.isComplete()).isTrue();
        return answer.failed() ? ThalwegException.codeOf(answer.cause()) : ErrorCode.NONE;
    }

    /** The smallest shard: a map. Parked replies are answered by the next timer. */
    private static final class Register implements CoordinatorShard {
        private final Map<String, String> values = new TreeMap<>();
        private final List<Reply<String>> parked = new ArrayList<>();

        void set(String key, String value, Turn turn) {
            values.put(key, value);
            turn.append(new CoordinatorRecord(
                    turn.wallMillis(), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void replay(byte[] key, byte[] value) {
            values.put(new String(key, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8));
        }

        @Override
        public void onLoaded(Turn turn) {}

        @Override
        public void onTimer(Object timer, long lateNanos, Turn turn) {
            parked.forEach(reply -> turn.reply(reply, timer.toString()));
            parked.clear();
        }
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

    /** A log whose appends commit when the test says so. */
    private final class HeldLog implements CoordinatorLog {
        private final List<CoordinatorRecord> committed = new ArrayList<>();
        private final List<List<CoordinatorRecord>> batches = new ArrayList<>();
        private final Deque<Promise<Long>> appends = new ArrayDeque<>();
        private int epoch = 1;
        private boolean holdReplay;
        private boolean failReplay;
        private Promise<Long> replay = Promise.promise();
        private int replays;

        void commit() {
            committed.addAll(batches.get(batches.size() - 1));
            appends.remove().complete((long) committed.size());
            drain();
        }

        void failAppend() {
            appends.remove().fail(new ThalwegException(ErrorCode.KAFKA_STORAGE_ERROR, "disk"));
            drain();
        }

        void commitButFail() {
            committed.addAll(batches.get(batches.size() - 1));
            failAppend();
        }

        void finishReplay() {
            holdReplay = false;
            replay.complete(0L);
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
            assertThat(appends).as("one append on the way").isEmpty();
            batches.add(List.copyOf(records));
            Promise<Long> promise = Promise.promise();
            appends.add(promise);
            return promise.future();
        }

        @Override
        public Future<Long> replay(TopicPartition partition, ReplayVisitor visitor) {
            replays++;
            if (failReplay) {
                return Future.failedFuture("cannot read");
            }
            long offset = 0;
            for (CoordinatorRecord record : committed) {
                visitor.onRecord(offset++, record.timestampMillis(), record.key(), record.value());
            }
            return holdReplay ? replay.future() : Future.succeededFuture(offset);
        }
    }
}
