package io.thalweg.streams.store;

import io.thalweg.streams.topology.StoreSpec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Windows by key, in memory: a search by key finds the few windows of it, sorted by start. A window is alive while its start is
 * greater than the greatest start seen minus the retention; writes to others are dropped, reads do not see them.
 *
 * <p>With {@link StoreSpec#duplicates} a key may have several values with the same start, kept in the order of arrival: for joins.
 */
public final class WindowStore extends StateStore {

    /** All windows of a key, oldest first; positions are valid until the next call that changes the store. */
    public static final class Windows extends ByteKeyMap.Entry {
        private long[] starts = new long[2];
        private byte[][] values = new byte[2][];
        private long[] timestamps = new long[2];
        private int @Nullable [] sequences;
        private int from;
        private int to;
        private boolean inTable = true;

        Windows(byte[] key, int hash, boolean duplicates) {
            super(key, hash);
            this.sequences = duplicates ? new int[2] : null;
        }

        public byte[] key() {
            return key;
        }

        /** The position of the first window that starts at {@code startMillis} or later; {@link #end} if there is none. */
        public int firstFrom(long startMillis) {
            int position = to;
            while (position > from && starts[position - 1] >= startMillis) {
                position--;
                if (to - position > 8) {
                    return search(startMillis, position);
                }
            }
            return position;
        }

        private int search(long startMillis, int high) {
            int low = from;
            int top = high;
            while (low < top) {
                int middle = (low + top) >>> 1;
                if (starts[middle] >= startMillis) {
                    top = middle;
                } else {
                    low = middle + 1;
                }
            }
            return low;
        }

        public int begin() {
            return from;
        }

        /** One past the last position. */
        public int end() {
            return to;
        }

        public long start(int position) {
            return starts[position];
        }

        public byte[] value(int position) {
            return values[position];
        }

        public long timestampMillis(int position) {
            return timestamps[position];
        }

        public int sequence(int position) {
            return sequences == null ? 0 : sequences[position];
        }

        private void insert(int position, long start, byte[] value, long timestampMillis, int sequence) {
            int at = position;
            if (to == starts.length) {
                at -= makeRoom();
            }
            int moved = to - at;
            System.arraycopy(starts, at, starts, at + 1, moved);
            System.arraycopy(values, at, values, at + 1, moved);
            System.arraycopy(timestamps, at, timestamps, at + 1, moved);
            starts[at] = start;
            values[at] = value;
            timestamps[at] = timestampMillis;
            if (sequences != null) {
                System.arraycopy(sequences, at, sequences, at + 1, moved);
                sequences[at] = sequence;
            }
            to++;
        }

        /** Moves the windows to the front, into greater arrays if they fill more than half; returns by how much. */
        private int makeRoom() {
            int count = to - from;
            int capacity = count > starts.length / 2 ? starts.length * 2 : starts.length;
            starts = Arrays.copyOf(Arrays.copyOfRange(starts, from, to), capacity);
            values = Arrays.copyOf(Arrays.copyOfRange(values, from, to), capacity);
            timestamps = Arrays.copyOf(Arrays.copyOfRange(timestamps, from, to), capacity);
            if (sequences != null) {
                sequences = Arrays.copyOf(Arrays.copyOfRange(sequences, from, to), capacity);
            }
            int moved = from;
            from = 0;
            to = count;
            return moved;
        }

        private void delete(int position) {
            int moved = to - position - 1;
            System.arraycopy(starts, position + 1, starts, position, moved);
            System.arraycopy(values, position + 1, values, position, moved);
            System.arraycopy(timestamps, position + 1, timestamps, position, moved);
            if (sequences != null) {
                System.arraycopy(sequences, position + 1, sequences, position, moved);
            }
            to--;
            release(to);
        }

        @SuppressWarnings("NullAway") // a slot outside [from, to) is never read
        private void release(int position) {
            values[position] = null;
        }
    }

    /** What a window costs beside its value. */
    private static final int WINDOW_BYTES = 48;

    private final ByteKeyMap<Windows> keys = new ByteKeyMap<>();
    private final ExpiryQueue<Windows> expiry;
    private final boolean duplicates;
    private final long retentionMillis;
    private long observedMillis = -1;

    /** What is restored after {@link #resumeAt} tells nothing of time: some of it may have been undone. */
    private boolean timeKnown;

    private long minLiveMillis;
    private long count;
    private int sequence;

    public WindowStore(StoreSpec spec, StateBudget budget) {
        super(spec, budget);
        this.duplicates = spec.duplicates();
        this.retentionMillis = spec.retentionMillis();
        this.expiry = new ExpiryQueue<>(spec.retentionMillis(), this::expire);
    }

    /** Windows that start earlier are gone. */
    public long minLiveMillis() {
        return minLiveMillis;
    }

    @Override
    public long observedMillis() {
        return observedMillis;
    }

    @Override
    public void resumeAt(long millis) {
        observe(millis);
        timeKnown = true;
    }

    /** The windows of a key, some of which may be expired: start looking at {@link #minLiveMillis}. Null if there are none. */
    public @Nullable Windows get(byte[] key) {
        return keys.find(key, keys.hash(key));
    }

    /** Lets time pass without a write, as a record without value does in a join. */
    public void observe(long startMillis) {
        if (startMillis > observedMillis) {
            observedMillis = startMillis;
            minLiveMillis = Math.max(0, observedMillis - retentionMillis + 1);
        }
        expiry.step(minLiveMillis);
    }

    /**
     * Writes the window that starts at {@code startMillis}, or adds one more with duplicates.
     *
     * @param found what {@link #get} just returned for the key
     * @return the sequence number of the row, for its changelog key; -1 if the window is expired and nothing was written
     */
    public int put(@Nullable Windows found, byte[] key, long startMillis, byte[] value, long timestampMillis) {
        observe(startMillis);
        if (startMillis < minLiveMillis) {
            return -1;
        }
        if (duplicates) {
            sequence = (sequence + 1) & Integer.MAX_VALUE;
        }
        write(found, key, startMillis, value, timestampMillis, sequence);
        return duplicates ? sequence : 0;
    }

    private void write(
            @Nullable Windows found,
            byte[] key,
            long startMillis,
            byte[] value,
            long timestampMillis,
            int rowSequence) {
        Windows windows = found;
        if (windows == null || !windows.inTable) {
            windows = new Windows(key, keys.hash(key), duplicates);
            keys.add(windows);
            grow((long) ENTRY_BYTES + key.length);
        }
        int position = duplicates ? windows.firstFrom(startMillis + 1) : windows.firstFrom(startMillis);
        if (!duplicates && position < windows.to && windows.starts[position] == startMillis) {
            int growth = value.length - windows.values[position].length;
            windows.values[position] = value;
            windows.timestamps[position] = timestampMillis;
            if (growth != 0) {
                grow(growth);
            }
            return;
        }
        windows.insert(position, startMillis, value, timestampMillis, rowSequence);
        count++;
        grow((long) WINDOW_BYTES + value.length);
        expiry.add(windows, startMillis);
    }

    /** Removes the window at a position that was just looked up. */
    public void delete(Windows windows, int position) {
        grow(-((long) WINDOW_BYTES + windows.values[position].length));
        windows.delete(position);
        count--;
        forgetIfEmpty(windows);
    }

    private void expire(Windows windows, long minLive) {
        while (windows.from < windows.to && windows.starts[windows.from] < minLive) {
            grow(-((long) WINDOW_BYTES + windows.values[windows.from].length));
            windows.release(windows.from);
            windows.from++;
            count--;
        }
        forgetIfEmpty(windows);
    }

    private void forgetIfEmpty(Windows windows) {
        if (windows.from == windows.to && windows.inTable) {
            windows.inTable = false;
            keys.remove(windows);
            grow(-((long) ENTRY_BYTES + windows.key.length));
        }
    }

    /** Shows the keys; the caller must not change the store meanwhile. */
    public void forEachKey(Consumer<Windows> visitor) {
        keys.forEach(visitor);
    }

    /** The key of a row in the changelog, as Kafka Streams writes it: key, start, sequence. */
    public static byte[] changelogKey(byte[] key, long startMillis, int sequence) {
        byte[] bytes = Arrays.copyOf(key, key.length + 12);
        ByteBuffer.wrap(bytes, key.length, 12).putLong(startMillis).putInt(sequence);
        return bytes;
    }

    @Override
    public void restore(byte[] changelogKey, byte @Nullable [] value, long timestampMillis) {
        if (changelogKey.length < 12) {
            throw new IllegalArgumentException("store=" + name() + " changelog key has " + changelogKey.length
                    + " bytes, expected at least 12; the changelog is not of a window store");
        }
        int keyLength = changelogKey.length - 12;
        ByteBuffer tail = ByteBuffer.wrap(changelogKey, keyLength, 12);
        byte[] key = Arrays.copyOf(changelogKey, keyLength);
        long start = tail.getLong();
        int rowSequence = tail.getInt();
        if (!timeKnown) {
            observe(start);
        }
        sequence = Math.max(sequence, rowSequence);
        Windows windows = get(key);
        if (value == null) {
            if (windows != null) {
                deleteRow(windows, start, rowSequence);
            }
        } else if (start >= minLiveMillis) {
            if (duplicates && windows != null) {
                deleteRow(windows, start, rowSequence); // the changelog may be read twice
                windows = get(key);
            }
            write(windows, key, start, value, timestampMillis, rowSequence);
        }
    }

    private void deleteRow(Windows windows, long start, int rowSequence) {
        for (int position = windows.firstFrom(start); position < windows.to && windows.starts[position] == start; ) {
            if (!duplicates || windows.sequence(position) == rowSequence) {
                delete(windows, position);
                return;
            }
            position++;
        }
    }

    @Override
    public void forEach(Consumer<StoreRow> row) {
        keys.forEach(windows -> show(windows, row));
    }

    @Override
    public void forEach(byte[] key, Consumer<StoreRow> row) {
        Windows windows = get(key);
        if (windows != null) {
            show(windows, row);
        }
    }

    private void show(Windows windows, Consumer<StoreRow> row) {
        for (int i = windows.firstFrom(minLiveMillis); i < windows.to; i++) {
            row.accept(new StoreRow(windows.key, windows.starts[i], -1, windows.values[i], windows.timestamps[i]));
        }
    }

    @Override
    public long size() {
        return count;
    }
}
