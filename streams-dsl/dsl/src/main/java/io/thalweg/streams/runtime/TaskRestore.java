package io.thalweg.streams.runtime;

import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.streams.processor.StreamTask;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Brings a task's stores to where they were at its last commit, from their changelogs. Confined. */
final class TaskRestore {

    private final PulledPartitions pulled;
    private final TaskStart start;
    private final TaskChangelogs claimed;
    private final List<ChangelogRestore> changelogs = new ArrayList<>();

    private record Extent(String store, TopicPartition partition, long begin, long end) {}

    TaskRestore(PulledPartitions pulled, TaskStart start, TaskChangelogs claimed) {
        this.pulled = pulled;
        this.start = start;
        this.claimed = claimed;
    }

    /** Looks up how much there is to read, once the changelogs are claimed. May be called again after it failed. */
    Future<Void> open() {
        List<Future<Extent>> looked = new ArrayList<>();
        claimed.partitions()
                .forEach((store, partition) -> looked.add(pulled.beginning(partition)
                        .compose(begin -> pulled.end(partition).map(end -> new Extent(store, partition, begin, end)))));
        return Future.all(looked).map(all -> {
            for (Future<Extent> each : looked) {
                Extent found = each.result();
                long commit = start.changelogEnds().getOrDefault(found.store, found.end);
                changelogs.add(
                        new ChangelogRestore(found.store, pulled, found.partition, found.begin, found.end, commit));
            }
            return null;
        });
    }

    /** Restores what is here, until the turn is spent. */
    void run(StreamTask task, TurnBudget budget) {
        for (ChangelogRestore changelog : changelogs) {
            changelog.run(task, budget);
        }
    }

    boolean done() {
        return changelogs.stream().allMatch(ChangelogRestore::done);
    }

    /**
     * What was read is what the task goes on from only if its own claims are the last.
     *
     * @throws FencedException if somebody else claimed at the same time and was first
     */
    void check() {
        for (ChangelogRestore changelog : changelogs) {
            if (!claimed.isOurs(changelog.lastClaim())) {
                throw new FencedException("another instance claimed the changelog: store=" + changelog.store());
            }
        }
    }

    /** Writes what undoes the changes that belong to no commit; once {@link #done}. */
    void undo(TaskOutputs outputs) {
        changelogs.forEach(changelog -> changelog.undo(outputs));
    }

    /** Where each changelog ended when the restore began. */
    Map<String, Long> ends() {
        Map<String, Long> ends = new HashMap<>();
        changelogs.forEach(changelog -> ends.put(changelog.store(), changelog.end()));
        return ends;
    }

    /** Whether there is a changelog of which it is not known where the last commit stands: all of it counts then. */
    boolean commitUnknown() {
        return changelogs.stream().anyMatch(changelog -> !start.changelogEnds().containsKey(changelog.store()));
    }

    long restoredRecords() {
        return changelogs.stream().mapToLong(ChangelogRestore::restoredRecords).sum();
    }

    /** Offsets still to be read. */
    long remaining() {
        return changelogs.stream().mapToLong(ChangelogRestore::remaining).sum();
    }

    void close() {
        pulled.close();
    }
}
