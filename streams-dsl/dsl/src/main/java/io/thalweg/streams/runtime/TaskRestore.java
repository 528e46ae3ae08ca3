package io.thalweg.streams.runtime;

import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.streams.processor.StreamTask;
import io.thalweg.streams.topology.StoreSpec;
import io.thalweg.streams.topology.SubTopology;
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
    private final List<ChangelogRestore> changelogs = new ArrayList<>();

    TaskRestore(PulledPartitions pulled, TaskStart start) {
        this.pulled = pulled;
        this.start = start;
    }

    /** Looks up how much there is to read. */
    Future<Void> open(SubTopology sub) {
        List<Future<Void>> opened = new ArrayList<>();
        for (StoreSpec store : sub.stores()) {
            String topic = store.changelogTopic();
            if (topic != null) {
                opened.add(
                        open(store.name(), new TopicPartition(topic, start.id().partition())));
            }
        }
        return Future.all(opened).mapEmpty();
    }

    private Future<Void> open(String store, TopicPartition partition) {
        return pulled.beginning(partition)
                .compose(begin -> pulled.end(partition).map(end -> {
                    long commit = start.changelogEnds().getOrDefault(store, end);
                    changelogs.add(new ChangelogRestore(store, pulled, partition, begin, end, commit));
                    return null;
                }));
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
