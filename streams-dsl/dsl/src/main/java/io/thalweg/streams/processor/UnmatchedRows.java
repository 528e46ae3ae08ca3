package io.thalweg.streams.processor;

import io.thalweg.streams.store.KeyValueStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Records of a left or outer join that have found no match yet, by time, left before right, and key. A row of the store is
 * <pre>
 * key:   timestamp (8) | 0 left, 1 right (1) | key
 * value: (length (4) | value) for each record with this timestamp, side and key
 * </pre>
 */
final class UnmatchedRows {

    /** What {@link #takeBefore} hands out. */
    interface Receiver {
        void accept(long timestampMillis, boolean left, byte[] key, byte[] value);
    }

    private final TaskContext task;
    private final KeyValueStore store;
    private final TreeSet<byte[]> sorted = new TreeSet<>(Arrays::compareUnsigned);

    UnmatchedRows(TaskContext task, KeyValueStore store) {
        this.task = task;
        this.store = store;
    }

    void restored() {
        store.forEach(row -> sorted.add(row.key()));
    }

    void add(long timestampMillis, boolean left, byte[] key, byte[] value) {
        byte[] rowKey = rowKey(timestampMillis, left, key);
        KeyValueStore.Entry found = store.get(rowKey);
        byte[] before = found == null ? new byte[0] : found.value();
        byte[] row = ByteBuffer.allocate(before.length + 4 + value.length)
                .put(before)
                .putInt(value.length)
                .put(value)
                .array();
        store.put(found, rowKey, row, timestampMillis);
        sorted.add(rowKey);
        task.changelog(store, rowKey, row, timestampMillis);
    }

    void remove(long timestampMillis, boolean left, byte[] key) {
        if (sorted.isEmpty()) {
            return;
        }
        byte[] rowKey = rowKey(timestampMillis, left, key);
        KeyValueStore.Entry found = store.get(rowKey);
        if (found != null) {
            delete(found, rowKey, timestampMillis);
        }
    }

    private void delete(KeyValueStore.@Nullable Entry found, byte[] rowKey, long timestampMillis) {
        store.put(found, rowKey, null, timestampMillis);
        sorted.remove(rowKey);
        task.changelog(store, rowKey, null, timestampMillis);
    }

    /** Removes and hands out, oldest first, the rows older than the bound of their side. */
    void takeBefore(long leftBeforeMillis, long rightBeforeMillis, Receiver receiver) {
        long last = Math.max(leftBeforeMillis, rightBeforeMillis);
        byte[] at = sorted.isEmpty() ? null : sorted.first();
        while (at != null) {
            ByteBuffer row = ByteBuffer.wrap(at);
            long timestampMillis = row.getLong();
            boolean left = row.get() == 0;
            if (timestampMillis >= last) {
                return;
            }
            byte[] next = sorted.higher(at);
            if (timestampMillis < (left ? leftBeforeMillis : rightBeforeMillis)) {
                take(at, timestampMillis, left, receiver);
            }
            at = next;
        }
    }

    private void take(byte[] rowKey, long timestampMillis, boolean left, Receiver receiver) {
        KeyValueStore.Entry found = store.get(rowKey);
        if (found != null) {
            byte[] key = Arrays.copyOfRange(rowKey, 9, rowKey.length);
            ByteBuffer values = ByteBuffer.wrap(found.value());
            delete(found, rowKey, timestampMillis);
            while (values.hasRemaining()) {
                byte[] value = new byte[values.getInt()];
                values.get(value);
                receiver.accept(timestampMillis, left, key, value);
            }
        }
    }

    private static byte[] rowKey(long timestampMillis, boolean left, byte[] key) {
        return ByteBuffer.allocate(9 + key.length)
                .putLong(timestampMillis)
                .put((byte) (left ? 0 : 1))
                .put(key)
                .array();
    }
}
