package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a task's effects go. Called only while the task is in one of its own methods, on the caller's thread; must not call
 * the task back. Byte arrays are handed over and never changed by the task afterwards.
 */
public interface TaskOutput {

    /**
     * A record for a topic: of a sink, of a repartition topic, or a dead letter.
     *
     * @param partition -1 to choose by key
     * @param timestampMillis as the record has it; 0 or more
     */
    void emit(
            String topic,
            int partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMillis,
            List<RecordHeader> headers);

    /**
     * A change of a store, for the same partition of its changelog topic as the task's.
     *
     * @param value null for a deletion
     */
    void changelog(String store, byte[] key, byte @Nullable [] value, long timestampMillis);
}
