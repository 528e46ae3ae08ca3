package io.thalweg.streams.runtime;

import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.Producer;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.client.ProducerConfig;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.streams.runtime.StreamsRuntimeConfig.ProductionPolicy;
import io.thalweg.streams.topology.TaskId;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of one event loop: gives them their turns, sends what they produce, commits what they consumed. Confined to its
 * context.
 *
 * <p>A commit is: outputs and changes of stores up to here acknowledged, then the input offsets. A crash between the two
 * leads to records being processed again (at least once). For exactly once the three become one append, and what the tasks
 * changed since the last one lies over their stores until it is acknowledged; see {@link TaskOutputs} and {@link #commit}.
 */
final class ProcessorLoop {

    private static final Logger LOGGER = LoggerFactory.getLogger(ProcessorLoop.class);
    private static final int PRODUCE_BATCH_BYTES_MAX = 256 << 10;
    private static final int DELIVERY_TIMEOUT_MILLIS = 30_000;
    private static final int TICK_MILLIS_MAX = 100;
    private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;

    private final ApplicationRun app;
    private final Context context;
    private final OffsetCommitter committer;
    private final Producer producer;
    private final TurnBudget budget;
    private final Map<TaskId, TaskRunner> tasks = new TreeMap<>();
    private final TurnScheduler<TaskRunner> scheduler = new TurnScheduler<>();

    /** Restored, with the commit under way that comes before their first record. */
    private final Set<TaskRunner> initial = new HashSet<>();

    private final List<Long> timers = new ArrayList<>();
    private final NodeRates rates = new NodeRates();

    /** Sent and not acknowledged. */
    private long outstandingBytes;

    private long producedSinceCommit;
    private boolean waitingForOutputs;
    private boolean turnScheduled;
    private boolean paused;
    private boolean closed;
    private @Nullable Future<Void> committing;
    private long loggedNanos;
    private boolean logged;

    ProcessorLoop(ApplicationRun app, Context context, OffsetCommitter committer) {
        this.app = app;
        this.context = context;
        this.committer = committer;
        StreamsRuntimeConfig config = app.config();
        this.budget = new TurnBudget(config.turnRecordsMax(), config.turnNanosMax(), System::nanoTime);
        this.producer = app.client()
                .producer(new ProducerConfig(
                        Acks.ALL,
                        PRODUCE_BATCH_BYTES_MAX,
                        Math.max(32L << 20, 4 * config.outputBytesMax()),
                        true,
                        DELIVERY_TIMEOUT_MILLIS));
        timers.add(context.owner().setPeriodic(config.commitMillis(), timer -> commit()));
        timers.add(context.owner().setPeriodic(Math.min(TICK_MILLIS_MAX, config.commitMillis()), timer -> tick()));
        timers.add(context.owner().setPeriodic(1_000, timer -> rates.sample(tasks.values(), System.nanoTime())));
    }

    Context context() {
        return context;
    }

    Collection<TaskRunner> tasks() {
        return tasks.values();
    }

    NodeRates rates() {
        return rates;
    }

    boolean paused() {
        return paused;
    }

    // ---- assignment

    /** Begins tasks, or goes on with those that are suspended. */
    void begin(List<TaskStart> starts) {
        if (closed) {
            return;
        }
        for (TaskStart start : starts) {
            TaskRunner suspended = tasks.get(start.id());
            if (suspended == null) {
                create(start);
            } else if (suspended.state() == TaskState.SUSPENDED) {
                suspended.resume();
                ready(suspended);
            }
        }
    }

    private void create(TaskStart start) {
        TaskRunner[] self = new TaskRunner[1];
        TaskRunner runner;
        try {
            runner = new TaskRunner(app, start, () -> ready(self[0]));
        } catch (RuntimeException refused) {
            LOGGER.atError()
                    .addKeyValue("stream", app.application())
                    .addKeyValue("task", start.id())
                    .setCause(refused)
                    .log("a task could not be made");
            return;
        }
        self[0] = runner;
        tasks.put(start.id(), runner);
        runner.open().onComplete(opened -> {
            if (opened.succeeded()) {
                ready(runner);
            } else {
                fail(runner, opened.cause());
            }
        });
    }

    /** Closes the tasks that are not in {@code kept}. */
    void retain(Set<TaskId> kept) {
        for (TaskRunner runner : List.copyOf(tasks.values())) {
            if (!kept.contains(runner.id())) {
                close(runner, "assigned elsewhere");
            }
        }
    }

    private void close(TaskRunner runner, String reason) {
        scheduler.remove(runner);
        tasks.remove(runner.id(), runner);
        runner.close(reason);
    }

    /** Stops all tasks where they are and commits; those that cannot be resumed are closed. Never fails. */
    Future<Void> suspend() {
        for (TaskRunner runner : List.copyOf(tasks.values())) {
            scheduler.remove(runner);
            if (runner.state() == TaskState.RUNNING) {
                runner.suspend();
            } else if (runner.state() == TaskState.RESTORING) {
                close(runner, "rebalance while restoring");
            }
        }
        return commitAll()
                .timeout(Math.max(1, app.config().stopMillis()), TimeUnit.MILLISECONDS)
                .recover(failure -> {
                    LOGGER.atWarn()
                            .addKeyValue("stream", app.application())
                            .addKeyValue("error", String.valueOf(failure.getMessage()))
                            .log("the last commit failed; what came since the one before is processed again");
                    drop();
                    return Future.succeededFuture();
                });
    }

    /** Closes all without a commit: others own the partitions already. */
    void drop() {
        for (TaskRunner runner : List.copyOf(tasks.values())) {
            close(runner, "lost");
        }
    }

    /** Gives failed tasks up, once what they sent has an outcome: what comes after it is to come after it in the log too. */
    Future<Void> removeFailed() {
        List<Future<Void>> settled = new ArrayList<>();
        for (TaskRunner runner : List.copyOf(tasks.values())) {
            if (runner.state() == TaskState.FAILED) {
                settled.add(runner.sealBarrier().onComplete(done -> close(runner, "restart")));
            }
        }
        return Future.all(settled).mapEmpty();
    }

    /** Ends for good; what is not committed stays so. */
    Future<Void> close() {
        closed = true;
        timers.forEach(context.owner()::cancelTimer);
        drop();
        return producer.close();
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        tasks.values().forEach(this::ready);
    }

    // ---- turns

    private void ready(@Nullable TaskRunner runner) {
        if (runner != null && !closed && !(paused && runner.state() == TaskState.RUNNING)) {
            scheduler.ready(runner);
            schedule();
        }
    }

    private void schedule() {
        if (!turnScheduled && !closed && !scheduler.isEmpty()) {
            turnScheduled = true;
            context.runOnContext(turn -> turn());
        }
    }

    private void turn() {
        turnScheduled = false;
        if (closed) {
            return;
        }
        if (outstandingBytes >= app.config().outputBytesMax()) {
            waitingForOutputs = true;
            app.metrics().outputWaits.increment();
            return; // goes on once outputs are acknowledged; meanwhile no input is read ahead beyond its bound
        }
        TaskRunner runner = scheduler.next();
        if (runner != null) {
            run(runner);
        }
        schedule();
    }

    private void run(TaskRunner runner) {
        budget.begin();
        long before = runner.processedRecords();
        boolean more = false;
        try {
            more = runner.run(budget, System.currentTimeMillis());
        } catch (RuntimeException failure) {
            fail(runner, failure);
        }
        app.metrics().turns.increment();
        app.metrics().processedRecords.add(runner.processedRecords() - before);
        send(runner);
        if (more) {
            ready(runner);
        } else if (runner.state() == TaskState.RESTORING) {
            commitInitially(runner);
        }
    }

    /** Lets a restored task begin, after the commit that it may need first. */
    private void commitInitially(TaskRunner runner) {
        Map<TopicPartition, OffsetToCommit> offsets = runner.initialCommit();
        if (offsets.isEmpty()) {
            if (runner.mayBegin()) {
                ready(runner);
            }
            return;
        }
        if (initial.add(runner)) {
            committer.commit(offsets).onComplete(outcome -> {
                initial.remove(runner);
                if (outcome.succeeded()) {
                    runner.committedInitially();
                    ready(runner);
                } else {
                    warn("a task waits for its first commit", outcome.cause()); // the next tick tries again
                }
            });
        }
    }

    private void fail(TaskRunner runner, Throwable failure) {
        send(runner); // of the records before the one that failed
        scheduler.remove(runner);
        runner.fail(failure);
    }

    private void tick() {
        long now = System.currentTimeMillis();
        for (TaskRunner runner : tasks.values()) {
            try {
                if (!paused) {
                    runner.tick(now);
                }
            } catch (RuntimeException failure) {
                fail(runner, failure);
            }
            send(runner);
            if (runner.inputs().idling() || runner.state() == TaskState.RESTORING) {
                ready(runner);
            }
        }
    }

    // ---- outputs

    private void send(TaskRunner runner) {
        TaskOutputs outputs = runner.outputs();
        if (outputs.isEmpty() || runner.state() == TaskState.FAILED || runner.state() == TaskState.CLOSED) {
            return;
        }
        long bytes = outputs.bytes();
        List<OutgoingRecord> records = outputs.take();
        AckBarrier barrier = runner.barrier();
        barrier.sent();
        outstandingBytes += bytes;
        producedSinceCommit += bytes;
        app.metrics().producedRecords.add(records.size());
        app.metrics().producedBytes.add(bytes);
        producer.send(records).onComplete(outcome -> onSent(runner, barrier, records, bytes, outcome));
        if (producedSinceCommit >= app.config().commitBytes()) {
            commit();
        }
    }

    private void onSent(
            TaskRunner runner,
            AckBarrier barrier,
            List<OutgoingRecord> records,
            long bytes,
            AsyncResult<List<SendOutcome>> outcome) {
        outstandingBytes -= bytes;
        if (outcome.failed()) {
            runner.fail(outcome.cause());
        } else {
            for (int i = 0; i < records.size(); i++) {
                SendOutcome sent = outcome.result().get(i);
                OutgoingRecord record = records.get(i);
                if (sent.failure() != null) {
                    onRefused(runner, record, sent.failure());
                }
                String store = runner.outputs().storeOf(record.topic());
                if (store != null && sent.metadata() != null) {
                    barrier.changed(store, sent.metadata().offset());
                }
            }
        }
        barrier.acknowledged(); // after the task failed, so that it is not committed
        if (waitingForOutputs && outstandingBytes < app.config().outputBytesMax()) {
            waitingForOutputs = false;
            schedule();
        }
    }

    private void onRefused(TaskRunner runner, OutgoingRecord record, Throwable failure) {
        boolean ownTopic = app.topology().internalTopics().stream()
                .anyMatch(topic -> topic.name().equals(record.topic()));
        if (app.config().production() == ProductionPolicy.FAIL || ownTopic) {
            scheduler.remove(runner);
            runner.fail(failure);
            return;
        }
        app.metrics().skippedProductions.increment();
        warn("a record was refused and left out", failure);
    }

    // ---- commits

    private void commit() {
        if (committing == null && !closed) {
            Future<Void> done = commitOnce();
            if (!done.isComplete()) {
                committing = done;
                done.onComplete(outcome -> committing = null);
            }
        }
    }

    /** Commits everything up to now, after the commit that is under way. */
    private Future<Void> commitAll() {
        Future<Void> before = committing;
        return before == null ? commitOnce() : before.transform(outcome -> commitOnce());
    }

    private Future<Void> commitOnce() {
        producedSinceCommit = 0;
        List<Snapshot> snapshots = new ArrayList<>();
        List<Future<Void>> acknowledged = new ArrayList<>();
        for (TaskRunner runner : tasks.values()) {
            if (runner.state() == TaskState.RUNNING || runner.state() == TaskState.SUSPENDED) {
                Map<TopicPartition, Long> positions = runner.uncommitted();
                if (!positions.isEmpty()) {
                    snapshots.add(new Snapshot(runner, positions, runner.task().streamTimeMillis()));
                    acknowledged.add(runner.sealBarrier());
                }
            }
        }
        if (snapshots.isEmpty()) {
            return Future.succeededFuture();
        }
        long begin = System.nanoTime();
        return Future.all(acknowledged)
                .compose(all -> commitOffsets(snapshots))
                .onComplete(outcome -> onCommit(outcome, System.nanoTime() - begin));
    }

    /** Where a task stood when a commit began. */
    private record Snapshot(TaskRunner runner, Map<TopicPartition, Long> positions, long streamTimeMillis) {
        boolean stands() {
            return runner.state() != TaskState.FAILED && runner.state() != TaskState.CLOSED;
        }
    }

    private Future<Void> commitOffsets(List<Snapshot> snapshots) {
        List<Snapshot> standing = snapshots.stream().filter(Snapshot::stands).toList();
        Map<TopicPartition, OffsetToCommit> offsets = new HashMap<>();
        for (Snapshot snapshot : standing) {
            offsets.putAll(snapshot.runner.toCommit(snapshot.positions, snapshot.streamTimeMillis));
        }
        if (offsets.isEmpty()) {
            return Future.succeededFuture();
        }
        return committer
                .commit(offsets)
                .onSuccess(done -> standing.forEach(snapshot -> snapshot.runner.onCommitted(snapshot.positions)));
    }

    private void onCommit(AsyncResult<Void> outcome, long nanos) {
        if (outcome.succeeded()) {
            app.metrics().commits.increment();
            app.metrics().commitNanos.add(nanos);
        } else {
            app.metrics().commitFailures.increment();
            warn("a commit failed; the next one covers it", outcome.cause());
        }
    }

    private void warn(String what, Throwable failure) {
        long now = System.nanoTime();
        if (!logged || now - loggedNanos >= LOG_INTERVAL_NANOS) {
            logged = true;
            loggedNanos = now;
            LOGGER.atWarn()
                    .addKeyValue("stream", app.application())
                    .addKeyValue("error", String.valueOf(failure.getMessage()))
                    .log(what);
        }
    }
}
