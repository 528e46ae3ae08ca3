package io.thalweg.streams.runtime;

import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.streams.topology.TaskId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
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
 * changed since the last one lies over their stores until it is acknowledged; see {@link TaskOutputs} and {@link OffsetCommits}.
 */
final class ProcessorLoop {

    private static final Logger LOGGER = LoggerFactory.getLogger(ProcessorLoop.class);
    private static final int TICK_MILLIS_MAX = 100;
    private static final int OPEN_AGAIN_MILLIS = 100;
    private static final int PURGE_MILLIS = 30_000;

    private final ApplicationRun app;
    private final Context context;
    private final GroupSeat seat;
    private final LoopOutputs outputs;
    private final OffsetCommits commits;
    private final TopicPurge purge;
    private final Warnings warnings;
    private final TurnBudget budget;
    private final Map<TaskId, TaskRunner> tasks = new TreeMap<>();
    private final TurnScheduler<TaskRunner> scheduler = new TurnScheduler<>();

    /** Restored, with the commit under way that comes before their first record. */
    private final Set<TaskRunner> initial = new HashSet<>();

    private final List<Long> timers = new ArrayList<>();
    private final NodeRates rates = new NodeRates();

    private long producedSinceCommit;
    private boolean turnScheduled;
    private boolean paused;
    private boolean closed;

    ProcessorLoop(ApplicationRun app, Context context, GroupSeat seat) {
        this.app = app;
        this.context = context;
        this.seat = seat;
        this.warnings = new Warnings(LOGGER, app.application());
        this.commits = new OffsetCommits(app.metrics(), seat, tasks.values(), warnings);
        this.purge = new TopicPurge(app, warnings);
        StreamsRuntimeConfig config = app.config();
        this.budget = new TurnBudget(config.turnRecordsMax(), config.turnNanosMax(), System::nanoTime);
        this.outputs = new LoopOutputs(app, warnings, new OutputsListener());
        timers.add(context.owner().setPeriodic(config.commitMillis(), timer -> commit()));
        timers.add(context.owner().setPeriodic(Math.min(TICK_MILLIS_MAX, config.commitMillis()), timer -> tick()));
        timers.add(context.owner().setPeriodic(PURGE_MILLIS, timer -> purge()));
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
            runner = new TaskRunner(app, context, start, () -> ready(self[0]));
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
        open(runner);
    }

    private void open(TaskRunner runner) {
        if (runner.state() != TaskState.RESTORING) {
            return;
        }
        runner.open(seat).onComplete(opened -> {
            if (opened.succeeded()) {
                ready(runner);
            } else if (runner.state() == TaskState.RESTORING) {
                onOpenFailed(runner, opened.cause());
            }
        });
    }

    private void onOpenFailed(TaskRunner runner, Throwable cause) {
        ErrorCode error = ThalwegException.codeOf(cause);
        boolean passes = switch (error) {
            // The group's listener hears of it too, and closes the task; another claim came between.
            case ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS, INVALID_PRODUCER_EPOCH -> true;
            default -> error.retriable();
        };
        if (passes) {
            warnings.warn("a task waits to claim its changelogs", cause);
            context.owner().setTimer(OPEN_AGAIN_MILLIS, timer -> open(runner));
        } else {
            fail(runner, cause);
        }
    }

    /** Another instance has the task's changelogs. If it is the group's too, this one hears of it; else it was too late. */
    private void fenced(TaskRunner runner, FencedException fence) {
        if (runner.state() != TaskState.FAILED && runner.state() != TaskState.CLOSED) {
            LOGGER.atWarn()
                    .addKeyValue("stream", app.application())
                    .addKeyValue("task", runner.id())
                    .addKeyValue("error", fence.getMessage())
                    .log("a task was closed; it is begun anew if it is still this instance's");
            close(runner, "fenced");
            seat.fenced(runner.id());
        }
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
        producedSinceCommit = 0;
        return commits.commitAll()
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
                settled.add(runner.progress().sealBarrier().onComplete(done -> close(runner, "restart")));
            }
        }
        return Future.all(settled).mapEmpty();
    }

    /** Ends for good; what is not committed stays so. */
    Future<Void> close() {
        closed = true;
        timers.forEach(context.owner()::cancelTimer);
        drop();
        return outputs.close();
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
        if (outputs.full()) {
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
        } catch (FencedException fence) {
            fenced(runner, fence);
        } catch (RuntimeException | Error failure) {
            fail(runner, failure); // an error of the user's code too: the record would come again and again
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
            seat.commit(offsets).onComplete(outcome -> {
                initial.remove(runner);
                if (outcome.succeeded()) {
                    runner.committedInitially();
                    ready(runner);
                } else {
                    warnings.warn("a task waits for its first commit", outcome.cause()); // the next tick tries again
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
        for (TaskRunner runner : List.copyOf(tasks.values())) {
            try {
                if (!paused) {
                    runner.tick(now);
                }
            } catch (RuntimeException | Error failure) {
                fail(runner, failure);
            }
            send(runner);
            if (runner.inputs().idling() || runner.state() == TaskState.RESTORING) {
                ready(runner);
            }
        }
    }

    private void send(TaskRunner runner) {
        producedSinceCommit += outputs.send(runner);
        if (producedSinceCommit >= app.config().commitBytes()) {
            commit();
        }
    }

    private final class OutputsListener implements LoopOutputs.Listener {
        @Override
        public void onLost(TaskRunner runner, Throwable failure) {
            scheduler.remove(runner);
            runner.fail(failure);
        }

        @Override
        public void onFenced(TaskRunner runner, FencedException fence) {
            fenced(runner, fence);
        }

        @Override
        public void onRoom() {
            schedule();
        }
    }

    // ---- what is done with

    private void commit() {
        if (!closed && commits.commit()) {
            producedSinceCommit = 0;
        }
    }

    /** Deletes from the application's own topics what is done with. Never fails. */
    Future<Void> purge() {
        return closed ? Future.succeededFuture() : purge.run(tasks.values());
    }
}
