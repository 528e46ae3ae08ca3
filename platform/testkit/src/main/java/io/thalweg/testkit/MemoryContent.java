package io.thalweg.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file as processes see them, in pages, and for each page that was changed since the last successful
 * force, what it was before. A page that is null is zeros. Not thread safe.
 */
final class MemoryContent {

    static final int PAGE_BYTES = 4096;
    static final int SECTOR_BYTES = 512;

    private final List<byte @Nullable []> pages = new ArrayList<>();
    private long size;
    private long durableSize;

    /** What a power cut may bring back, by page. */
    private Map<Integer, byte @Nullable []> unforced = new HashMap<>();

    /** The same for pages whose force failed: a later success does not make them durable, only writing them anew does. */
    private final Map<Integer, byte @Nullable []> forsaken = new HashMap<>();

    long size() {
        return size;
    }

    int read(ByteBuffer target, long position) {
        int total = (int) Math.max(0, Math.min(target.remaining(), size - position));
        for (int done = 0; done < total; ) {
            int page = page(position + done);
            int from = inPage(position + done);
            int count = Math.min(total - done, PAGE_BYTES - from);
            byte[] bytes = pages.get(page);
            if (bytes == null) {
                target.put(new byte[count]);
            } else {
                target.put(bytes, from, count);
            }
            done += count;
        }
        return total;
    }

    /** Writes the first {@code count} bytes of {@code source}. */
    void write(ByteBuffer source, int count, long position) {
        extend(Math.max(size, position + count));
        for (int done = 0; done < count; ) {
            int page = page(position + done);
            int to = inPage(position + done);
            int part = Math.min(count - done, PAGE_BYTES - to);
            source.get(changing(page), to, part);
            done += part;
        }
    }

    /** Makes the file at least {@code newSize} long, with zeros. */
    void extend(long newSize) {
        size = Math.max(size, newSize);
        while ((long) pages.size() * PAGE_BYTES < size) {
            pages.add(null);
        }
    }

    void truncate(long newSize) {
        if (newSize >= size) {
            return;
        }
        for (int page = page(newSize); page < pages.size(); page++) {
            int keep = (int) Math.max(0, Math.min(PAGE_BYTES, newSize - (long) page * PAGE_BYTES));
            if (pages.get(page) == null) {
                continue;
            }
            byte[] bytes = changing(page);
            java.util.Arrays.fill(bytes, keep, PAGE_BYTES, (byte) 0);
        }
        size = newSize;
        int pagesLeft = (int) ((newSize + PAGE_BYTES - 1) / PAGE_BYTES);
        while (pages.size() > pagesLeft) {
            pages.remove(pages.size() - 1);
        }
    }

    /** Everything is durable from here on, but what an earlier force failed on and nobody wrote again. */
    void force() {
        unforced = new HashMap<>();
        durableSize = size;
    }

    /** What was not durable stays so, whatever later forces say. */
    void failForce() {
        unforced.forEach(forsaken::putIfAbsent);
        unforced = new HashMap<>();
    }

    void flipBit(long bit) {
        long position = bit / Byte.SIZE;
        if (position >= size) {
            throw new IllegalArgumentException("no such bit: bit=" + bit + " size=" + size);
        }
        int page = page(position);
        byte[] bytes = pages.get(page);
        if (bytes == null) {
            bytes = new byte[PAGE_BYTES];
            pages.set(page, bytes);
        }
        bytes[inPage(position)] ^= (byte) (1 << (bit % Byte.SIZE));
    }

    /**
     * The power goes: each page that was not forced is as it was, as it became, or a mix of sectors of both, and the
     * size is the old one, the new one or between them. What remains is durable.
     *
     * @param keep probability that a page that was not forced survives
     */
    void crash(Random random, double keep) {
        forsaken.forEach(unforced::putIfAbsent);
        forsaken.clear();
        long newSize = size;
        if (size != durableSize) {
            double choice = random.nextDouble();
            if (choice >= keep) {
                newSize = durableSize;
            } else if (choice < keep / 2) {
                newSize = Math.min(size, durableSize) + random.nextLong(Math.abs(size - durableSize) + 1);
            }
        }
        extend(newSize);
        extend(Math.max(size, durableSize));
        for (int page : new TreeSet<>(unforced.keySet())) {
            if (page < pages.size()) {
                revert(page, unforced.get(page), random, keep);
            }
        }
        unforced = new HashMap<>();
        truncate(newSize);
        force();
    }

    private void revert(int page, byte @Nullable [] before, Random random, double keep) {
        boolean torn = random.nextInt(4) == 0;
        if (!torn) {
            if (random.nextDouble() >= keep) {
                pages.set(page, before);
            }
            return;
        }
        byte[] old = before == null ? new byte[PAGE_BYTES] : before;
        byte[] mixed =
                pages.get(page) == null ? new byte[PAGE_BYTES] : pages.get(page).clone();
        for (int sector = 0; sector < PAGE_BYTES; sector += SECTOR_BYTES) {
            if (random.nextDouble() >= keep) {
                System.arraycopy(old, sector, mixed, sector, SECTOR_BYTES);
            }
        }
        pages.set(page, mixed);
    }

    /** The bytes of a page that is about to change, with what it was before put aside. */
    private byte[] changing(int page) {
        byte[] bytes = pages.get(page);
        if (!unforced.containsKey(page)) {
            unforced.put(
                    page, forsaken.containsKey(page) ? forsaken.remove(page) : bytes == null ? null : bytes.clone());
        }
        if (bytes == null) {
            bytes = new byte[PAGE_BYTES];
            pages.set(page, bytes);
        }
        return bytes;
    }

    private static int page(long position) {
        return (int) (position / PAGE_BYTES);
    }

    private static int inPage(long position) {
        return (int) (position % PAGE_BYTES);
    }
}
