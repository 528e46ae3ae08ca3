package io.thalweg.streams.processor;

import io.thalweg.streams.Serde;
import io.thalweg.streams.store.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The rows of a materialised table in one task: typed access to its store, with the changelog. Confined to the task. */
final class TableState implements TableLookup {

    private final TaskContext task;
    private final KeyValueStore store;
    private final Serde<Object> keySerde;
    private final Serde<Object> valueSerde;
    private long timestampMillis = -1;

    /** The row of the last {@link #find}: what {@link #write} changes. */
    private KeyValueStore.@Nullable Entry found;

    private byte[] keyBytes = new byte[0];

    TableState(TaskContext task, KeyValueStore store, Serde<Object> keySerde, Serde<Object> valueSerde) {
        this.task = task;
        this.store = store;
        this.keySerde = keySerde;
        this.valueSerde = valueSerde;
    }

    /** Goes to the row of a key, which may be absent. */
    void find(Object key) {
        keyBytes = task.keyBytes(keySerde, key);
        found = store.get(keyBytes);
        timestampMillis = found == null ? -1 : found.timestampMillis();
    }

    /** A new object with the value of the row found; null if it is absent. */
    @Nullable
    Object current() {
        return found == null ? null : valueSerde.deserialize(found.value());
    }

    /** Writes the row found, or deletes it. */
    void write(@Nullable Object value, long timestamp) {
        byte[] bytes = value == null ? null : task.valueBytes(valueSerde, value);
        byte[] key = found == null ? keyBytes : found.key();
        store.put(found, key, bytes, timestamp);
        task.changelog(store, key, bytes, timestamp);
    }

    @Override
    public @Nullable Object value(Object key) {
        KeyValueStore.Entry row = store.get(task.keyBytes(keySerde, key));
        if (row == null) {
            timestampMillis = -1;
            return null;
        }
        timestampMillis = row.timestampMillis();
        return valueSerde.deserialize(row.value());
    }

    @Override
    public long timestampMillis() {
        return timestampMillis;
    }
}
