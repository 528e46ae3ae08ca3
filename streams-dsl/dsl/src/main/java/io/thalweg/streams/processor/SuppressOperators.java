package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.Serde;
import io.thalweg.streams.Windowed;
import io.thalweg.streams.store.KeyValueStore;
import io.thalweg.streams.topology.NodeBehaviour;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Operators that hold updates of a table back for a while. */
public final class SuppressOperators {

    private SuppressOperators() {}

    public static NodeBehaviour suppress(Suppression suppression, Serde<Object> keySerde, Serde<Object> valueSerde) {
        return (OperatorFactory) context -> new Suppress(context, suppression, keySerde, valueSerde);
    }

    /**
     * How long updates are held back.
     *
     * @param withinMillis of stream time since the first update of a key that is held
     * @param untilWindowCloses whether time counts from the end of the key's window, and deletions are dropped
     */
    public record Suppression(long withinMillis, boolean untilWindowCloses) {}

    /**
     * The latest update of each key that is held. A row of the store is
     * <pre>
     * key:   due from (8) | key
     * value: length of the value before, -1 for none (4) | value before | 0 for a deletion, 1 (1) | the new value
     * </pre>
     */
    private static final class Suppress extends TableOperators.TableOperator {
        private final OperatorContext context;
        private final TaskContext task;
        private final Suppression suppression;
        private final Serde<Object> keySerde;
        private final Serde<Object> valueSerde;
        private final KeyValueStore store;
        private final TreeSet<byte[]> byTime = new TreeSet<>(Arrays::compareUnsigned);
        private final Map<ByteBuffer, byte[]> rowOfKey = new HashMap<>();
        private final Map<ByteBuffer, List<RecordHeader>> headersOfKey = new HashMap<>();
        private long observedMillis = -1;

        Suppress(OperatorContext context, Suppression suppression, Serde<Object> keySerde, Serde<Object> valueSerde) {
            this.context = context;
            this.task = context.task();
            this.suppression = suppression;
            this.keySerde = keySerde;
            this.valueSerde = valueSerde;
            this.store = context.keyValueStore(0);
        }

        @Override
        void restored() {
            store.forEach(row -> {
                byTime.add(row.key());
                rowOfKey.put(ByteBuffer.wrap(keyOf(row.key())), row.key());
            });
        }

        private static byte[] keyOf(byte[] rowKey) {
            return Arrays.copyOfRange(rowKey, 8, rowKey.length);
        }

        @Override
        void change(
                Object key,
                @Nullable Object newValue,
                @Nullable Object oldValue,
                long timestampMillis,
                List<RecordHeader> headers) {
            observedMillis = Math.max(observedMillis, timestampMillis);
            hold(key, newValue, oldValue, timestampMillis, headers);
            release(observedMillis - suppression.withinMillis());
        }

        private void hold(
                Object key,
                @Nullable Object newValue,
                @Nullable Object oldValue,
                long timestampMillis,
                List<RecordHeader> headers) {
            byte[] keyBytes = TaskContext.serialize(keySerde, key);
            ByteBuffer at = ByteBuffer.wrap(keyBytes);
            byte[] rowKey = rowOfKey.get(at);
            KeyValueStore.Entry found = rowKey == null ? null : store.get(rowKey);
            byte[] before;
            if (rowKey == null || found == null) {
                long from = suppression.untilWindowCloses() ? ((Windowed<?>) key).endMillis() : timestampMillis;
                rowKey = ByteBuffer.allocate(8 + keyBytes.length)
                        .putLong(from)
                        .put(keyBytes)
                        .array();
                rowOfKey.put(at, rowKey);
                byTime.add(rowKey);
                before = before(oldValue == null ? null : TaskContext.serialize(valueSerde, oldValue));
            } else {
                before = Arrays.copyOf(
                        found.value(),
                        4 + Math.max(0, ByteBuffer.wrap(found.value()).getInt()));
            }
            if (headers.isEmpty()) {
                headersOfKey.remove(at);
            } else {
                headersOfKey.put(at, headers);
            }
            byte[] bytes = newValue == null ? new byte[0] : TaskContext.serialize(valueSerde, newValue);
            ByteBuffer row =
                    ByteBuffer.allocate(before.length + 1 + bytes.length).put(before);
            row.put((byte) (newValue == null ? 0 : 1)).put(bytes);
            store.put(found, rowKey, row.array(), timestampMillis);
            task.changelog(store, rowKey, row.array(), timestampMillis);
        }

        private static byte[] before(byte @Nullable [] oldBytes) {
            if (oldBytes == null) {
                return ByteBuffer.allocate(4).putInt(-1).array();
            }
            return ByteBuffer.allocate(4 + oldBytes.length)
                    .putInt(oldBytes.length)
                    .put(oldBytes)
                    .array();
        }

        private void release(long untilMillis) {
            while (!byTime.isEmpty() && ByteBuffer.wrap(byTime.first()).getLong() <= untilMillis) {
                byte[] rowKey = byTime.first();
                byTime.remove(rowKey);
                ByteBuffer at = ByteBuffer.wrap(keyOf(rowKey));
                rowOfKey.remove(at);
                List<RecordHeader> headers = headersOfKey.remove(at);
                KeyValueStore.Entry found = store.get(rowKey);
                if (found != null) {
                    byte[] row = found.value();
                    long timestampMillis = found.timestampMillis();
                    store.put(found, rowKey, null, timestampMillis);
                    task.changelog(store, rowKey, null, timestampMillis);
                    emit(at.array(), row, timestampMillis, headers == null ? List.of() : headers);
                }
            }
        }

        private void emit(byte[] keyBytes, byte[] row, long timestampMillis, List<RecordHeader> headers) {
            int oldLength = ByteBuffer.wrap(row).getInt();
            int flag = 4 + Math.max(0, oldLength);
            Object newValue =
                    row[flag] == 0 ? null : valueSerde.deserialize(Arrays.copyOfRange(row, flag + 1, row.length));
            if (newValue == null && suppression.untilWindowCloses()) {
                return;
            }
            Object oldValue = oldLength < 0 ? null : valueSerde.deserialize(Arrays.copyOfRange(row, 4, flag));
            forwardChange(keySerde.deserialize(keyBytes), newValue, oldValue, timestampMillis, headers);
        }

        @Override
        boolean enableOldValues() {
            return context.upstream(0).enableOldValues();
        }

        @Override
        TableLookup lookup() {
            return context.upstream(0).lookup();
        }
    }
}
