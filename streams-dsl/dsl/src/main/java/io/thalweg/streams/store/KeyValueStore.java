package io.thalweg.streams.store;

import io.thalweg.streams.topology.StoreSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keys to values with a timestamp, in memory. Key and value arrays are kept as given: do not change them afterwards. */
public final class KeyValueStore extends StateStore {

    /** A row, valid until the next call that changes the store. */
    public static final class Entry extends ByteKeyMap.Entry {
        byte[] value;
        long timestampMillis;

        Entry(byte[] key, int hash, byte[] value, long timestampMillis) {
            super(key, hash);
            this.value = value;
            this.timestampMillis = timestampMillis;
        }

        public byte[] key() {
            return key;
        }

        public byte[] value() {
            return value;
        }

        public long timestampMillis() {
            return timestampMillis;
        }
    }

    private final ByteKeyMap<Entry> rows = new ByteKeyMap<>();

    public KeyValueStore(StoreSpec spec, StateBudget budget) {
        super(spec, budget);
    }

    public @Nullable Entry get(byte[] key) {
        return rows.find(key, rows.hash(key));
    }

    /** Writes or, with a null value, deletes. */
    public void put(byte[] key, byte @Nullable [] value, long timestampMillis) {
        int hash = rows.hash(key);
        put(rows.find(key, hash), key, hash, value, timestampMillis);
    }

    /** As {@link #put(byte[], byte[], long)} for a row that the caller has just looked up; saves the second search. */
    public void put(@Nullable Entry found, byte[] key, byte @Nullable [] value, long timestampMillis) {
        put(found, key, found == null ? rows.hash(key) : found.hash, value, timestampMillis);
    }

    private void put(@Nullable Entry found, byte[] key, int hash, byte @Nullable [] value, long timestampMillis) {
        if (value == null) {
            if (found != null) {
                rows.remove(found);
                grow(-bytes(found.key, found.value));
            }
        } else if (found != null) {
            int growth = value.length - found.value.length;
            found.value = value;
            found.timestampMillis = timestampMillis;
            if (growth != 0) {
                grow(growth);
            }
        } else {
            rows.add(new Entry(key, hash, value, timestampMillis));
            grow(bytes(key, value));
        }
    }

    private static long bytes(byte[] key, byte[] value) {
        return (long) ENTRY_BYTES + key.length + value.length;
    }

    /** Every row in the order of the keys' bytes: sorts, so it costs what sorting costs. A copy: the store may change. */
    public List<Entry> sorted() {
        List<Entry> all = new ArrayList<>(rows.size());
        rows.forEach(all::add);
        all.sort((a, b) -> Arrays.compareUnsigned(a.key, b.key));
        return all;
    }

    @Override
    public void restore(byte[] key, byte @Nullable [] value, long timestampMillis) {
        put(key, value, timestampMillis);
    }

    @Override
    public void forEach(Consumer<StoreRow> row) {
        rows.forEach(entry -> row.accept(row(entry)));
    }

    @Override
    public void forEach(byte[] key, Consumer<StoreRow> row) {
        Entry entry = get(key);
        if (entry != null) {
            row.accept(row(entry));
        }
    }

    private static StoreRow row(Entry entry) {
        return new StoreRow(entry.key, -1, -1, entry.value, entry.timestampMillis);
    }

    @Override
    public long size() {
        return rows.size();
    }
}
