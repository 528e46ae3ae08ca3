package io.thalweg.streams.runtime;

import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.streams.processor.StreamTask;
import io.thalweg.streams.store.StateStore;
import io.thalweg.streams.topology.SubTopology;
import io.thalweg.streams.topology.TaskId;
import io.thalweg.streams.topology.TopologyException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task with what it reads and writes. {@link TaskState} draws its life. Confined to its processor's context. */
final class TaskRunner {

    private static final Logger LOGGER = LoggerFactory.getLogger(TaskRunner.class);

    /** A turn ends early once it produced this much, so that one record that becomes many does not fill the producer. */
    private static final long TURN_BYTES_MAX = 1 << 20;

    private final ApplicationRun app;
    private final TaskStart start;
    private final SubTopology sub;
    private final StreamTask task;
    private final TaskOutputs outputs;
    private final TaskChangelogs changelogs;
    private final TaskRestore restore;
    private final TaskInputs inputs;
    private final TaskProgress progress = new TaskProgress();
    private final ChangelogExpiry expiry;

    private TaskState state = TaskState.RESTORING;
    private boolean opened;

    /** What has to be committed before the first record is. */
    private boolean mayBegin;

    private long processedRecords;
    private long failedRecords;
    private @Nullable Throwable failure;

    /**
     * @param context of its processor
     * @param onNews called when the task may have something to do
     */
    TaskRunner(ApplicationRun app, Context context, TaskStart start, Runnable onNews) {
        this.app = app;
        this.start = start;
        this.sub = app.topology()
                .subTopology(start.id().subTopology())
                .orElseThrow(
                        () -> new TopologyException("application=" + app.application() + " has no task " + start.id()));
        this.outputs = new TaskOutputs(sub, start.id().partition());
        this.task = new StreamTask(
                app.topology(), start.id(), outputs, app.globals(), app.state(), System.currentTimeMillis());
        this.changelogs =
                new TaskChangelogs(app.client(), context, sub, start.id().partition());
        this.restore = new TaskRestore(pulled(app, Math.max(1, sub.stores().size()), onNews), start, changelogs);
        this.inputs = new TaskInputs(
                pulled(app, start.offsets().size(), onNews), app.config().taskIdleMillisMax());
        this.expiry = new ChangelogExpiry(sub.stores());
        start.storeTimes().forEach((store, time) -> {
            if (task.store(store) != null && start.changelogEnds().containsKey(store)) {
                task.resumeAt(store, time);
            }
        });
        app.metrics().restoringTasks.incrementAndGet();
    }

    private PulledPartitions pulled(ApplicationRun run, int partitions, Runnable onNews) {
        return run.client()
                .pull(run.reading(partitions))
                .handler(news -> onNews.run())
                .exceptionHandler(problem -> LOGGER.atWarn()
                        .addKeyValue("stream", run.application())
                        .addKeyValue("task", start.id())
                        .addKeyValue("error", problem.toString())
                        .log("an input cannot be read now"));
    }

    /** Claims the changelogs and looks up what is to be restored. May be called again after it failed. */
    Future<Void> open(GroupSeat seat) {
        return changelogs
                .claim(
                        start.producerId(),
                        seat,
                        id -> seat.commit(asItBegan(id, start.changelogEnds(), start.storeTimes())))
                .compose(claimed -> restore.open())
                .map(found -> {
                    opened = true;
                    return null;
                });
    }

    /** The offsets as they were committed, with what belongs to them now. */
    private Map<TopicPartition, OffsetToCommit> asItBegan(
            long producerId, Map<String, Long> changelogEnds, Map<String, Long> storeTimes) {
        Map<TopicPartition, OffsetToCommit> offsets = new HashMap<>();
        start.offsets()
                .forEach((partition, offset) -> offsets.put(
                        partition,
                        TaskStart.commit(offset, start.streamTimeMillis(), producerId, changelogEnds, storeTimes)));
        return offsets;
    }

    TaskId id() {
        return start.id();
    }

    TaskState state() {
        return state;
    }

    StreamTask task() {
        return task;
    }

    TaskInputs inputs() {
        return inputs;
    }

    TaskRestore restore() {
        return restore;
    }

    TaskOutputs outputs() {
        return outputs;
    }

    TaskChangelogs changelogs() {
        return changelogs;
    }

    TaskProgress progress() {
        return progress;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    long processedRecords() {
        return processedRecords;
    }

    // ---- work

    /**
     * Does what there is to do until the turn is spent.
     *
     * @return whether there is more to do at once
     * @throws FencedException if another instance has the task's changelogs
     * @throws RuntimeException or an Error if the task cannot go on; {@link #fail} is to be called
     */
    boolean run(TurnBudget budget, long nowMillis) {
        if (state == TaskState.RESTORING && opened) {
            restore.run(task, budget);
            if (restore.done() && mayBegin) {
                begin();
            }
            return state == TaskState.RUNNING || (budget.spent() && !restore.done());
        }
        return state == TaskState.RUNNING && process(budget, nowMillis);
    }

    /**
     * What is to be committed before the first record, or nothing: where no commit says up to where the changelogs count, one
     * must be there before they grow, so that a crash soon after is told from what is restored now.
     */
    Map<TopicPartition, OffsetToCommit> initialCommit() {
        if (state != TaskState.RESTORING || !opened || !restore.done()) {
            return Map.of();
        }
        if (!restore.commitUnknown()) {
            mayBegin = true;
            return Map.of();
        }
        return asItBegan(changelogs.producerId(), restore.ends(), storeTimes());
    }

    /** Whether nothing has to be committed first any more. */
    boolean mayBegin() {
        return mayBegin;
    }

    void committedInitially() {
        mayBegin = true;
    }

    private void begin() {
        restore.check();
        app.metrics().restoredRecords.add(restore.restoredRecords());
        progress.begin(start.offsets(), restore.ends());
        restore.undo(outputs);
        restore.close();
        task.start(start.streamTimeMillis());
        transitionTo(TaskState.RUNNING, "restored");
        start.offsets().forEach(inputs::add);
    }

    private boolean process(TurnBudget budget, long nowMillis) {
        ReceivedRecord record = inputs.peek(nowMillis);
        while (record != null) {
            outputs.mark();
            try {
                task.process(
                        record.topic(),
                        record.key(),
                        record.value(),
                        Math.max(0, record.timestampMillis()),
                        record.headers());
            } catch (RuntimeException | Error failed) {
                outputs.rollback();
                throw failed;
            }
            inputs.advance();
            processedRecords++;
            budget.onRecord();
            if (budget.spent() || outputs.bytes() >= TURN_BYTES_MAX) {
                countFailedRecords();
                return true;
            }
            record = inputs.peek(nowMillis);
        }
        countFailedRecords();
        return false;
    }

    private void countFailedRecords() {
        long failed = task.failedRecords();
        if (failed > failedRecords) {
            app.metrics().deadLetters.add(failed - failedRecords);
            failedRecords = failed;
        }
    }

    /** Runs what is due by the wall clock. */
    void tick(long nowMillis) {
        if (state == TaskState.RUNNING && task.nextWallClockMillis() <= nowMillis) {
            outputs.mark();
            try {
                task.advanceWallClock(nowMillis);
            } catch (RuntimeException | Error failed) {
                outputs.rollback();
                throw failed;
            }
        }
    }

    // ---- commit

    /** Positions now, or nothing if there is nothing to commit. */
    Map<TopicPartition, Long> uncommitted() {
        return progress.uncommitted(inputs.positions());
    }

    /** With what else belongs to the commit, once what was produced up to it is acknowledged. */
    Map<TopicPartition, OffsetToCommit> toCommit(
            Map<TopicPartition, Long> positions, long streamTimeMillis, Map<String, Long> storeTimes) {
        return progress.toCommit(positions, streamTimeMillis, changelogs.producerId(), storeTimes);
    }

    /** Up to where the time of each store has come whose rows expire. */
    Map<String, Long> storeTimes() {
        Map<String, Long> times = new HashMap<>();
        for (StateStore store : task.stores()) {
            if (store.observedMillis() >= 0) {
                times.put(store.name(), store.observedMillis());
            }
        }
        return times;
    }

    /** As it was told by {@link #uncommitted} and {@link #storeTimes}. */
    void onCommitted(Map<TopicPartition, Long> positions, Map<String, Long> storeTimes) {
        progress.onCommitted(positions);
        expiry.onCommitted(progress, storeTimes);
    }

    /** Up to where each of the task's own topics holds nothing that it will read again. */
    Map<TopicPartition, Long> doneWith(Set<String> repartitionTopics) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        expiry.expired().forEach((store, before) -> offsets.put(changelogs.partition(store), before));
        progress.committed().forEach((partition, offset) -> {
            if (repartitionTopics.contains(partition.topic())) {
                offsets.put(partition, offset);
            }
        });
        return offsets;
    }

    // ---- life

    void suspend() {
        transitionTo(TaskState.SUSPENDED, "rebalance");
    }

    void resume() {
        transitionTo(TaskState.RUNNING, "assigned again");
    }

    void fail(Throwable cause) {
        if (state == TaskState.FAILED || state == TaskState.CLOSED) {
            return;
        }
        failure = cause;
        transitionTo(TaskState.FAILED, String.valueOf(cause.getMessage()));
        app.metrics().taskFailures.increment();
        LOGGER.atError()
                .addKeyValue("stream", app.application())
                .addKeyValue("task", id())
                .setCause(cause)
                .log("a task failed and stands still; the others go on. Mend the cause and restart it");
        release();
    }

    void close(String reason) {
        if (state == TaskState.CLOSED) {
            return;
        }
        boolean failed = state == TaskState.FAILED;
        transitionTo(TaskState.CLOSED, reason);
        if (!failed) {
            release();
        }
    }

    private void release() {
        restore.close();
        inputs.close();
        outputs.take();
        changelogs.close();
        task.close();
    }

    private void transitionTo(TaskState next, String reason) {
        if (!state.canTransitionTo(next)) {
            throw new IllegalStateException("task=" + id() + " from=" + state + " to=" + next + " reason=" + reason);
        }
        LOGGER.atDebug()
                .addKeyValue("stream", app.application())
                .addKeyValue("task", id())
                .log("{} -> {}: {}", state, next, reason);
        count(state, -1);
        count(next, 1);
        state = next;
    }

    private void count(TaskState counted, int by) {
        switch (counted) {
            case RESTORING -> app.metrics().restoringTasks.addAndGet(by);
            case RUNNING -> app.metrics().runningTasks.addAndGet(by);
            case FAILED -> app.metrics().failedTasks.addAndGet(by);
            case SUSPENDED, CLOSED -> {}
        }
    }
}
