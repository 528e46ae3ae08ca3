package io.thalweg.streams.runtime;

import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.consume.PulledPartition;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.streams.processor.StreamTask;
import io.thalweg.streams.topology.StoreSpec;
import io.thalweg.streams.topology.SubTopology;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** Reads the changelogs of a task's stores, each up to where it ended when the task was given. Confined. */
final class TaskRestore {

    private record Changelog(String store, PulledPartition partition, long beginOffset, long endOffset) {
        boolean read() {
            return partition.position() >= endOffset;
        }
    }

    private final PulledPartitions pulled;
    private final List<Changelog> changelogs = new ArrayList<>();
    private long restoredRecords;

    TaskRestore(PulledPartitions pulled) {
        this.pulled = pulled;
    }

    /** Looks up how much there is to read. */
    Future<Void> open(SubTopology sub, int partition) {
        List<Future<Void>> opened = new ArrayList<>();
        for (StoreSpec store : sub.stores()) {
            String topic = store.changelogTopic();
            if (topic != null) {
                opened.add(open(store.name(), new TopicPartition(topic, partition)));
            }
        }
        return Future.all(opened).mapEmpty();
    }

    private Future<Void> open(String store, TopicPartition partition) {
        return pulled.beginning(partition)
                .compose(begin -> pulled.end(partition).map(end -> {
                    if (begin < end) {
                        changelogs.add(new Changelog(store, pulled.add(partition, begin), begin, end));
                    }
                    return null;
                }));
    }

    /** Restores what is here, until the turn is spent. */
    void run(StreamTask task, TurnBudget budget) {
        for (Changelog changelog : changelogs) {
            ReceivedRecord record = changelog.read() ? null : changelog.partition.peek();
            while (record != null && !budget.spent()) {
                byte[] key = record.key();
                if (key != null) {
                    task.restore(changelog.store, key, record.value(), Math.max(0, record.timestampMillis()));
                }
                changelog.partition.advance();
                restoredRecords++;
                budget.onRecord();
                record = changelog.read() ? null : changelog.partition.peek();
            }
        }
    }

    boolean done() {
        for (Changelog changelog : changelogs) {
            if (!changelog.read()) {
                return false;
            }
        }
        return true;
    }

    long restoredRecords() {
        return restoredRecords;
    }

    /** Offsets still to be read. */
    long remaining() {
        long remaining = 0;
        for (Changelog changelog : changelogs) {
            remaining +=
                    Math.max(0, changelog.endOffset - Math.max(changelog.beginOffset, changelog.partition.position()));
        }
        return remaining;
    }

    void close() {
        pulled.close();
    }
}
