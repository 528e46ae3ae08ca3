package io.thalweg.streams.runtime;

import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The commits of one processor's tasks, one after the other: outputs and changes of stores up to here acknowledged, then the
 * input offsets. Confined.
 */
final class OffsetCommits {

    private final StreamsMetrics metrics;
    private final GroupSeat seat;
    private final Collection<TaskRunner> tasks;
    private final Warnings warnings;
    private @Nullable Future<Void> committing;

    /** @param tasks as they are at each commit */
    OffsetCommits(StreamsMetrics metrics, GroupSeat seat, Collection<TaskRunner> tasks, Warnings warnings) {
        this.metrics = metrics;
        this.seat = seat;
        this.tasks = tasks;
        this.warnings = warnings;
    }

    /** Where a task stood when a commit began. */
    private record Snapshot(
            TaskRunner runner,
            Map<TopicPartition, Long> positions,
            long streamTimeMillis,
            Map<String, Long> storeTimes) {
        boolean stands() {
            return runner.state() != TaskState.FAILED && runner.state() != TaskState.CLOSED;
        }
    }

    /** Commits, and answers true, unless a commit is under way. */
    boolean commit() {
        if (committing != null) {
            return false;
        }
        Future<Void> done = commitOnce();
        if (!done.isComplete()) {
            committing = done;
            done.onComplete(outcome -> committing = null);
        }
        return true;
    }

    /** Commits everything up to now, after the commit that is under way. */
    Future<Void> commitAll() {
        Future<Void> before = committing;
        return before == null ? commitOnce() : before.transform(outcome -> commitOnce());
    }

    private Future<Void> commitOnce() {
        List<Snapshot> snapshots = new ArrayList<>();
        List<Future<Void>> acknowledged = new ArrayList<>();
        for (TaskRunner runner : tasks) {
            if (runner.state() == TaskState.RUNNING || runner.state() == TaskState.SUSPENDED) {
                Map<TopicPartition, Long> positions = runner.uncommitted();
                if (!positions.isEmpty()) {
                    snapshots.add(
                            new Snapshot(runner, positions, runner.task().streamTimeMillis(), runner.storeTimes()));
                    acknowledged.add(runner.progress().sealBarrier());
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

    private Future<Void> commitOffsets(List<Snapshot> snapshots) {
        List<Snapshot> standing = snapshots.stream().filter(Snapshot::stands).toList();
        Map<TopicPartition, OffsetToCommit> offsets = new HashMap<>();
        for (Snapshot snapshot : standing) {
            offsets.putAll(
                    snapshot.runner.toCommit(snapshot.positions, snapshot.streamTimeMillis, snapshot.storeTimes));
        }
        if (offsets.isEmpty()) {
            return Future.succeededFuture();
        }
        return seat.commit(offsets)
                .onSuccess(done -> standing.forEach(
                        snapshot -> snapshot.runner.onCommitted(snapshot.positions, snapshot.storeTimes)));
    }

    private void onCommit(AsyncResult<Void> outcome, long nanos) {
        if (outcome.succeeded()) {
            metrics.commits.increment();
            metrics.commitNanos.add(nanos);
        } else {
            metrics.commitFailures.increment();
            warnings.warn("a commit failed; the next one covers it", outcome.cause());
        }
    }
}
