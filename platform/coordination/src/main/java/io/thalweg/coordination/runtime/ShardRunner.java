package io.thalweg.coordination.runtime;

import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import io.thalweg.environment.Environment;
import io.thalweg.environment.Timers.Timer;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard in one leader epoch: loads it, runs its operations and timers, appends what they leave and releases answers
 * when that is committed. All fields are confined to the shard's executor.
 */
final class ShardRunner<S extends CoordinatorShard> {

    private static final Logger LOGGER = LoggerFactory.getLogger(ShardRunner.class);

    /** {@code IDLE -> LOADING -> ACTIVE}; back to IDLE when a load or an append fails; RESIGNED from anywhere. */
    private enum State {
        IDLE,
        LOADING,
        ACTIVE,
        RESIGNED
    }

    private final TopicPartition partition;
    private final int epoch;
    private final Environment environment;
    private final CoordinatorRuntimeConfig config;
    private final Executor executor;
    private final CoordinatorLog log;
    private final Supplier<S> shards;

    private State state = State.IDLE;
    private @Nullable S shard;
    /** Grows with every load and every loss, so that what an older life started is told apart. */
    private long life;
    /** No load before this moment, after one failed. */
    private @Nullable Long loadNotBeforeNanos;
    /** Operations that wait for the load, until {@link #loadWaitOver}. */
    private final List<Runnable> waiting = new ArrayList<>();

    private boolean loadWaitOver;
    private final AppendQueue queue;
    private final Map<Object, RunningTimer> timers = new HashMap<>();
    /** Every operation that has no released answer: what must fail if the shard is lost. */
    private final Set<Reply<?>> outstanding = new HashSet<>();

    ShardRunner(
            TopicPartition partition,
            int epoch,
            Environment environment,
            CoordinatorRuntimeConfig config,
            Executor executor,
            CoordinatorLog log,
            Supplier<S> shards) {
        this.partition = partition;
        this.epoch = epoch;
        this.environment = environment;
        this.config = config;
        this.executor = executor;
        this.log = log;
        this.shards = shards;
        this.queue = new AppendQueue(config.batchBytesMax());
    }

    int epoch() {
        return epoch;
    }

    void submit(ShardOperation<S, ?> operation, Reply<?> reply) {
        executor.execute(() -> accept(operation, reply));
    }

    void open() {
        executor.execute(this::openNow);
    }

    void resign() {
        executor.execute(() -> {
            transitionTo(State.RESIGNED, "the partition has another leader or the node stops");
            lose(CoordinatorRuntime.notCoordinator(partition));
        });
    }

    private void accept(ShardOperation<S, ?> operation, Reply<?> reply) {
        openNow();
        outstanding.add(reply);
        switch (state) {
            case RESIGNED -> refuse(reply, CoordinatorRuntime.notCoordinator(partition));
            case IDLE -> refuse(reply, notAvailable("a load failed a moment ago"));
            case LOADING -> {
                if (loadWaitOver) {
                    refuse(reply, loading());
                } else if (waiting.size() >= config.waitingMax()) {
                    refuse(reply, notAvailable("too many operations wait: limit=" + config.waitingMax()));
                } else {
                    waiting.add(() -> {
                        if (state == State.ACTIVE) {
                            run(operation, reply);
                        } else if (outstanding.contains(reply)) {
                            refuse(reply, loading());
                        }
                    });
                }
            }
            case ACTIVE -> {
                if (queue.waitingCount() >= config.waitingMax()) {
                    refuse(reply, notAvailable("too many operations wait: limit=" + config.waitingMax()));
                } else {
                    run(operation, reply);
                }
            }
        }
    }

    private void refuse(Reply<?> reply, ThalwegException failure) {
        outstanding.remove(reply);
        reply.promise().tryFail(failure);
    }

    // Loading

    private void openNow() {
        if (state != State.IDLE) {
            return;
        }
        long now = environment.clock().monotonicNanos();
        if (loadNotBeforeNanos != null && now - loadNotBeforeNanos < 0) {
            return;
        }
        transitionTo(State.LOADING, "first use");
        long thisLife = ++life;
        loadWaitOver = false;
        S fresh = shards.get();
        environment.timers().schedule(config.loadWaitMillis(), () -> executor.execute(() -> onLoadWaitOver(thisLife)));
        load(fresh).onComplete(outcome -> executor.execute(() -> onLoaded(thisLife, fresh, outcome, now)));
    }

    private Future<Long> load(S fresh) {
        try {
            return log.replay(partition, (offset, timestampMillis, key, value) -> fresh.replay(key, value));
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }

    private void onLoadWaitOver(long startedLife) {
        if (startedLife == life && state == State.LOADING) {
            loadWaitOver = true;
            runWaiting();
        }
    }

    private void onLoaded(long startedLife, S loaded, AsyncResult<Long> outcome, long startedNanos) {
        if (startedLife != life || state != State.LOADING) {
            return;
        }
        if (outcome.failed()) {
            LOGGER.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("epoch", epoch)
                    .setCause(outcome.cause())
                    .log("coordinator shard failed to load; the next request tries again");
            transitionTo(State.IDLE, "load failed");
            lose(notAvailable("loading its state failed: " + outcome.cause().getMessage()));
            return;
        }
        shard = loaded;
        transitionTo(State.ACTIVE, "loaded");
        LOGGER.atDebug()
                .addKeyValue("partition", partition)
                .addKeyValue("epoch", epoch)
                .addKeyValue(
                        "millis",
                        TimeUnit.NANOSECONDS.toMillis(environment.clock().monotonicNanos() - startedNanos))
                .log("coordinator shard loaded");
        step(null, turn -> loaded.onLoaded(turn));
        runWaiting();
    }

    private void runWaiting() {
        List<Runnable> operations = List.copyOf(waiting);
        waiting.clear();
        operations.forEach(Runnable::run);
    }

    // Operations and timers

    @SuppressWarnings("unchecked") // the reply came in with this very operation
    private void run(ShardOperation<S, ?> operation, Reply<?> reply) {
        S active = shard;
        if (active == null) {
            refuse(reply, loading());
            return;
        }
        step(reply, turn -> ((ShardOperation<S, Object>) operation).run(active, (Reply<Object>) reply, turn));
    }

    private void step(@Nullable Reply<?> reply, Step step) {
        Turn turn =
                new Turn(environment.clock().wallMillis(), environment.clock().monotonicNanos());
        try {
            step.run(turn);
        } catch (ThalwegException refused) {
            if (reply != null && turn.isEmpty()) {
                turn.fail(reply, refused);
            } else {
                onDefect(refused);
                return;
            }
        } catch (RuntimeException defect) {
            onDefect(defect);
            return;
        }
        turn.timerChanges().forEach(change -> changeTimer(change, turn.nowNanos()));
        queue.add(turn.records(), turn.answers());
        pump();
    }

    private void onDefect(RuntimeException defect) {
        LOGGER.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("epoch", epoch)
                .setCause(defect)
                .log("defect in a coordinator shard; its state is thrown away and loaded again from the log");
        transitionTo(State.IDLE, "defect");
        lose(new ThalwegException(
                ErrorCode.UNKNOWN_SERVER_ERROR,
                "the coordinator failed on this or a neighbouring request: partition=" + partition + "; see its log",
                defect));
    }

    private void changeTimer(Turn.TimerChange change, long nowNanos) {
        RunningTimer old = timers.remove(change.timer());
        if (old != null && old.handle != null) {
            old.handle.cancel();
        }
        if (change.delayMillis() == Turn.TimerChange.CANCEL) {
            return;
        }
        RunningTimer timer =
                new RunningTimer(change.timer(), nowNanos + TimeUnit.MILLISECONDS.toNanos(change.delayMillis()));
        timers.put(change.timer(), timer);
        timer.handle =
                environment.timers().schedule(change.delayMillis(), () -> executor.execute(() -> onTimer(timer)));
    }

    private void onTimer(RunningTimer timer) {
        // Cancelled, or replaced, or of an earlier life of this shard, after it began to run.
        S active = shard;
        if (active == null || !timers.remove(timer.key, timer)) {
            return;
        }
        long lateNanos = Math.max(0, environment.clock().monotonicNanos() - timer.dueNanos);
        step(null, turn -> active.onTimer(timer.key, lateNanos, turn));
    }

    // Appends

    private void pump() {
        release(queue.takeReady());
        List<CoordinatorRecord> batch = queue.nextBatch();
        if (batch.isEmpty()) {
            return;
        }
        long thisLife = life;
        Future<Long> append;
        try {
            append = log.append(partition, epoch, batch);
        } catch (RuntimeException failure) {
            append = Future.failedFuture(failure);
        }
        append.onComplete(outcome -> executor.execute(() -> onAppended(thisLife, outcome)));
    }

    private void onAppended(long startedLife, AsyncResult<Long> outcome) {
        if (startedLife != life || state != State.ACTIVE) {
            return;
        }
        if (outcome.failed()) {
            LOGGER.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("epoch", epoch)
                    .addKeyValue("error", ThalwegException.codeOf(outcome.cause()))
                    .setCause(outcome.cause())
                    .log("append of a coordinator shard failed; it is loaded again from the log");
            transitionTo(State.IDLE, "append failed");
            lose(notAvailable("its log did not take the change, or not for certain: "
                    + outcome.cause().getMessage()));
            return;
        }
        release(queue.onCommitted());
        pump();
    }

    private void release(List<Turn.Answer<?>> answers) {
        for (Turn.Answer<?> answer : answers) {
            outstanding.remove(answer.reply());
            answer.release();
        }
    }

    /** Forgets the shard and fails everybody who waits for it. */
    private void lose(ThalwegException failure) {
        life++;
        shard = null;
        loadNotBeforeNanos =
                environment.clock().monotonicNanos() + TimeUnit.MILLISECONDS.toNanos(config.reloadDelayMillis());
        waiting.clear();
        queue.clear();
        timers.values().forEach(timer -> {
            if (timer.handle != null) {
                timer.handle.cancel();
            }
        });
        timers.clear();
        List<Reply<?>> abandoned = List.copyOf(outstanding);
        outstanding.clear();
        abandoned.forEach(reply -> reply.promise().tryFail(failure));
    }

    private void transitionTo(State next, String reason) {
        if (state == State.RESIGNED) {
            return;
        }
        LOGGER.atDebug()
                .addKeyValue("partition", partition)
                .addKeyValue("epoch", epoch)
                .log("coordinator shard {} -> {}: {}", state, next, reason);
        state = next;
    }

    private ThalwegException loading() {
        return new ThalwegException(
                ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
                "the coordinator still loads its state: partition=" + partition + "; ask again");
    }

    private ThalwegException notAvailable(String why) {
        return new ThalwegException(
                ErrorCode.COORDINATOR_NOT_AVAILABLE,
                "the coordinator cannot answer: partition=" + partition + " reason=" + why + "; ask again");
    }

    /** One step of the shard. */
    private interface Step {
        void run(Turn turn);
    }

    private static final class RunningTimer {
        private final Object key;
        private final long dueNanos;
        private @Nullable Timer handle;

        RunningTimer(Object key, long dueNanos) {
            this.key = key;
            this.dueNanos = dueNanos;
        }
    }
}
