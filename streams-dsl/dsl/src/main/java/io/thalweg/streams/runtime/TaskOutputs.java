package io.thalweg.streams.runtime;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.processor.TaskOutput;
import io.thalweg.streams.topology.StoreSpec;
import io.thalweg.streams.topology.SubTopology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a task produces in a turn, outputs and changes of stores alike, each in order. What a record that failed had
 * produced is taken back.
 *
 * <p>Here the atomic commit will fit in: the turns between two commits are kept together instead of sent turn by turn, and
 * appended with the input offsets in one.
 */
final class TaskOutputs implements TaskOutput {

    private static final long RECORD_OVERHEAD_BYTES = 32;

    private final int partition;
    private final Map<String, String> changelogTopics = new HashMap<>();
    private final Map<String, Collected> changes = new HashMap<>();
    private final Collected emitted = new Collected();
    private long bytes;
    private long markedBytes;

    /**
     * What was collected.
     *
     * @param emitted for topics of others and repartition topics
     * @param changes by store; each has some
     */
    record Produced(List<OutgoingRecord> emitted, Map<String, List<OutgoingRecord>> changes) {
        int count() {
            int count = emitted.size();
            for (List<OutgoingRecord> ofStore : changes.values()) {
                count += ofStore.size();
            }
            return count;
        }
    }

    private static final class Collected {
        private List<OutgoingRecord> records = new ArrayList<>();
        private int marked;

        private void rollback() {
            records.subList(marked, records.size()).clear();
        }

        private List<OutgoingRecord> take() {
            marked = 0;
            if (records.isEmpty()) {
                return List.of();
            }
            List<OutgoingRecord> taken = records;
            records = new ArrayList<>(Math.min(1_024, Math.max(16, taken.size())));
            return taken;
        }
    }

    TaskOutputs(SubTopology sub, int partition) {
        this.partition = partition;
        for (StoreSpec store : sub.stores()) {
            String topic = store.changelogTopic();
            if (topic != null) {
                changelogTopics.put(store.name(), topic);
                changes.put(store.name(), new Collected());
            }
        }
    }

    @Override
    public void emit(
            String topic,
            int chosenPartition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMillis,
            List<RecordHeader> headers) {
        add(emitted, new OutgoingRecord(topic, chosenPartition, key, value, headers, timestampMillis));
    }

    @Override
    public void changelog(String store, byte[] key, byte @Nullable [] value, long timestampMillis) {
        String topic = Objects.requireNonNull(changelogTopics.get(store), store);
        // A join's store is told of rows at time 0 and before by the user's own timestamps: the log takes none below 0.
        add(
                Objects.requireNonNull(changes.get(store), store),
                new OutgoingRecord(topic, partition, key, value, List.of(), Math.max(0, timestampMillis)));
    }

    private void add(Collected to, OutgoingRecord record) {
        to.records.add(record);
        bytes += bytesOf(record);
    }

    static long bytesOf(OutgoingRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        return RECORD_OVERHEAD_BYTES + (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }

    /** A record begins. */
    void mark() {
        emitted.marked = emitted.records.size();
        changes.values().forEach(ofStore -> ofStore.marked = ofStore.records.size());
        markedBytes = bytes;
    }

    /** The record that began failed. */
    void rollback() {
        emitted.rollback();
        changes.values().forEach(Collected::rollback);
        bytes = markedBytes;
    }

    /** Of what was collected and not taken. */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    Produced take() {
        Map<String, List<OutgoingRecord>> taken = new HashMap<>();
        changes.forEach((store, collected) -> {
            if (!collected.records.isEmpty()) {
                taken.put(store, collected.take());
            }
        });
        bytes = 0;
        markedBytes = 0;
        return new Produced(emitted.take(), taken);
    }
}
