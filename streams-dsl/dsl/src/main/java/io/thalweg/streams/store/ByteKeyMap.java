package io.thalweg.streams.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hash table whose keys are byte arrays and whose entries are the caller's own objects, so that one search serves a read
 * and the write that follows. Hashes eight bytes at a time, seeded for each table so that nobody can choose keys that collide.
 */
final class ByteKeyMap<E extends ByteKeyMap.Entry> {

    /** The start of an entry; the key must not change. */
    abstract static class Entry {
        final byte[] key;
        final int hash;

        @Nullable
        Entry next;

        Entry(byte[] key, int hash) {
            this.key = key;
            this.hash = hash;
        }
    }

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private final long seed = ThreadLocalRandom.current().nextLong();
    private @Nullable Entry[] table = new Entry[64];
    private int size;

    int size() {
        return size;
    }

    int hash(byte[] key) {
        long hash = seed + key.length;
        int i = 0;
        for (; i + 8 <= key.length; i += 8) {
            hash = mix(hash ^ (long) LONGS.get(key, i));
        }
        if (i < key.length) {
            long tail = 0;
            for (; i < key.length; i++) {
                tail = (tail << 8) | (key[i] & 0xff);
            }
            hash = mix(hash ^ tail);
        }
        return (int) ((hash >>> 32) ^ hash);
    }

    private static long mix(long value) {
        long high = Math.multiplyHigh(value, PRIME);
        return high ^ (value * PRIME);
    }

    @SuppressWarnings("unchecked") // the caller puts nothing but E
    @Nullable
    E find(byte[] key, int hash) {
        Entry entry = table[hash & (table.length - 1)];
        while (entry != null) {
            if (entry.hash == hash && Arrays.equals(entry.key, key)) {
                return (E) entry;
            }
            entry = entry.next;
        }
        return null;
    }

    /** Adds an entry whose key is not in the table. */
    void add(E entry) {
        if (size >= table.length) {
            rehash();
        }
        int slot = entry.hash & (table.length - 1);
        entry.next = table[slot];
        table[slot] = entry;
        size++;
    }

    /** Removes an entry that is in the table. */
    void remove(E entry) {
        int slot = entry.hash & (table.length - 1);
        Entry before = null;
        Entry at = table[slot];
        while (at != null && at != entry) {
            before = at;
            at = at.next;
        }
        if (at == null) {
            throw new IllegalStateException("entry is not in the table");
        }
        if (before == null) {
            table[slot] = at.next;
        } else {
            before.next = at.next;
        }
        at.next = null;
        size--;
    }

    @SuppressWarnings("unchecked")
    void forEach(Consumer<? super E> visitor) {
        for (Entry head : table) {
            for (Entry entry = head; entry != null; ) {
                Entry next = entry.next;
                visitor.accept((E) entry);
                entry = next;
            }
        }
    }

    private void rehash() {
        @Nullable Entry[] old = table;
        table = new Entry[old.length * 2];
        int mask = table.length - 1;
        for (Entry head : old) {
            for (Entry entry = head; entry != null; ) {
                Entry next = entry.next;
                entry.next = table[entry.hash & mask];
                table[entry.hash & mask] = entry;
                entry = next;
            }
        }
    }
}
