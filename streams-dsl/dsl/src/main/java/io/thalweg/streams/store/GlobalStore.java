package io.thalweg.streams.store;

import io.thalweg.streams.topology.GlobalTableSpec;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A global table: all partitions of its topic. One thread writes, the tasks of all threads read.
 *
 * <p>It is not restored from a changelog: its topic is its changelog.
 */
public final class GlobalStore {

    private record Key(byte[] bytes) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    private record Row(byte[] value, long timestampMillis) {}

    private final GlobalTableSpec spec;
    private final StateBudget budget;
    private final ConcurrentHashMap<Key, Row> rows = new ConcurrentHashMap<>();
    private long heldBytes;

    public GlobalStore(GlobalTableSpec spec, StateBudget budget) {
        this.spec = spec;
        this.budget = budget;
    }

    public GlobalTableSpec spec() {
        return spec;
    }

    /** Takes over a record of the table's topic; one without a key is passed over. */
    public void put(byte @Nullable [] key, byte @Nullable [] value, long timestampMillis) {
        if (key == null) {
            return;
        }
        Key at = new Key(key);
        Row before = rows.get(at);
        long change = (value == null ? 0L : value.length) - (before == null ? 0L : before.value.length);
        if ((before == null) != (value == null)) {
            change += (value == null ? -1L : 1L) * (key.length + StateStore.ENTRY_BYTES);
        }
        budget.reserve(change); // refuses before anything changed
        heldBytes += change;
        if (value == null) {
            rows.remove(at);
        } else {
            rows.put(at, new Row(value, timestampMillis));
        }
    }

    /** From any thread. */
    public byte @Nullable [] get(byte[] key) {
        Row row = rows.get(new Key(key));
        return row == null ? null : row.value;
    }

    /** From any thread; shows every row that stays in the table meanwhile. */
    public void forEach(Consumer<StoreRow> visitor) {
        rows.forEach((key, row) -> visitor.accept(new StoreRow(key.bytes, -1, -1, row.value, row.timestampMillis)));
    }

    public long size() {
        return rows.size();
    }

    /** Gives the memory back to the budget. */
    public void close() {
        budget.reserve(-heldBytes);
        heldBytes = 0;
        rows.clear();
    }
}
