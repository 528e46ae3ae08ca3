package io.thalweg.streams;

/**
 * The user's own operator: sees every record with its time and headers, may keep state and be called by time. Each task makes its
 * own with the supplier, so it may have fields; what must outlive the task belongs in its state.
 */
public interface Processor<K, V, K2, V2> {

    /** Called once before the first record; state is restored when the first record or timer comes, not yet here. */
    default void open(ProcessorContext<K2, V2> context) {}

    /** Must not block. An exception fails the record. */
    void process(StreamRecord<K, V> record);
}
