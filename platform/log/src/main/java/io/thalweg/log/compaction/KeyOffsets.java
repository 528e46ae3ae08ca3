package io.thalweg.log.compaction;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The latest offset of each key, in bounded memory: keys are held as 128 bits of their SHA-256, 24 bytes an entry, so
 * that nobody can craft keys that are taken for one another. Not thread safe.
 */
final class KeyOffsets {

    private static final int ENTRY_LONGS = 3;
    private static final int FIRST_SLOTS = 1024;

    /** An empty slot has this offset. */
    private static final long EMPTY = -1;

    private final MessageDigest digest;
    private final int slotsMax;
    private long[] table;
    private int size;

    /** @param bytesMax heap that it may take once it is full; at least 24 KiB */
    KeyOffsets(long bytesMax) {
        this.slotsMax = (int) Math.min(1 << 26, Long.highestOneBit(bytesMax / (ENTRY_LONGS * Long.BYTES)));
        if (slotsMax < FIRST_SLOTS) {
            throw new IllegalArgumentException("too little memory for a map of keys: bytesMax=" + bytesMax);
        }
        this.table = emptyTable(FIRST_SLOTS);
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /**
     * Notes that {@code key} is at {@code offset}, which is larger than all before.
     *
     * @return false if the key is new and there is no room for it; nothing changed then
     */
    boolean put(ByteBuffer key, long offset) {
        long high = hash(key);
        long low = this.low;
        int slot = find(high, low);
        if (table[slot] == EMPTY) {
            if (isFull(slots())) {
                if (slots() >= slotsMax) {
                    return false;
                }
                grow();
                slot = find(high, low);
            }
            table[slot + 1] = high;
            table[slot + 2] = low;
            size++;
        }
        table[slot] = offset;
        return true;
    }

    /** The largest offset of {@code key}, -1 if it was not seen. */
    long latest(ByteBuffer key) {
        long high = hash(key);
        return table[find(high, low)];
    }

    int size() {
        return size;
    }

    private long low;

    /** The first 64 bits; the next ones are left in {@link #low}. */
    private long hash(ByteBuffer key) {
        digest.update(key.duplicate());
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        low = hash.getLong(Long.BYTES);
        return hash.getLong(0);
    }

    private int find(long high, long lowBits) {
        int mask = slots() - 1;
        int slot = (int) high & mask;
        while (true) {
            int at = slot * ENTRY_LONGS;
            if (table[at] == EMPTY || (table[at + 1] == high && table[at + 2] == lowBits)) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    private void grow() {
        long[] before = table;
        table = emptyTable(2 * slots());
        for (int at = 0; at < before.length; at += ENTRY_LONGS) {
            if (before[at] != EMPTY) {
                System.arraycopy(before, at, table, find(before[at + 1], before[at + 2]), ENTRY_LONGS);
            }
        }
    }

    private int slots() {
        return table.length / ENTRY_LONGS;
    }

    private boolean isFull(int slots) {
        return size >= slots - slots / 4;
    }

    private static long[] emptyTable(int slots) {
        long[] table = new long[slots * ENTRY_LONGS];
        Arrays.fill(table, EMPTY);
        return table;
    }
}
