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
 * Collects what a task produces in a turn, outputs and changes of stores alike, in order. What a record that failed had
 * produced is taken back.
 *
 * <p>Here the atomic commit will fit in: the turns between two commits are kept together instead of sent turn by turn, and
 * appended with the input offsets in one.
 */
final class TaskOutputs implements TaskOutput {

    private static final int RECORD_OVERHEAD_BYTES = 32;

    private final int partition;
    private final Map<String, String> changelogTopics = new HashMap<>();
    private final Map<String, String> stores = new HashMap<>();
    private List<OutgoingRecord> records = new ArrayList<>();
    private long bytes;
    private int markedRecords;
    private long markedBytes;

    TaskOutputs(SubTopology sub, int partition) {
        this.partition = partition;
        for (StoreSpec store : sub.stores()) {
            String topic = store.changelogTopic();
            if (topic != null) {
                changelogTopics.put(store.name(), topic);
                stores.put(topic, store.name());
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
        add(new OutgoingRecord(topic, chosenPartition, key, value, headers, timestampMillis), key, value);
    }

    @Override
    public void changelog(String store, byte[] key, byte @Nullable [] value, long timestampMillis) {
        String topic = Objects.requireNonNull(changelogTopics.get(store), store);
        // A join's store is told of rows at time 0 and before by the user's own timestamps: the log takes none below 0.
        add(new OutgoingRecord(topic, partition, key, value, List.of(), Math.max(0, timestampMillis)), key, value);
    }

    /** The store that a changelog topic is of; null for any other topic. */
    @Nullable
    String storeOf(String topic) {
        return stores.get(topic);
    }

    private void add(OutgoingRecord record, byte @Nullable [] key, byte @Nullable [] value) {
        records.add(record);
        bytes += RECORD_OVERHEAD_BYTES + (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }

    /** A record begins. */
    void mark() {
        markedRecords = records.size();
        markedBytes = bytes;
    }

    /** The record that began failed. */
    void rollback() {
        records.subList(markedRecords, records.size()).clear();
        bytes = markedBytes;
    }

    /** Of what was collected and not taken. */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    List<OutgoingRecord> take() {
        List<OutgoingRecord> taken = records;
        records = new ArrayList<>(Math.min(1_024, Math.max(16, taken.size())));
        bytes = 0;
        markedRecords = 0;
        markedBytes = 0;
        return taken;
    }
}
