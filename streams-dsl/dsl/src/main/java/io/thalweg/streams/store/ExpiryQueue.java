package io.thalweg.streams.store;

import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which entries have something that expires, in buckets of time, so that nobody searches the table for it. Throws
 * away a few entries at each step: readers never see what is expired, so it may lag, but a step never takes long.
 */
final class ExpiryQueue<E> {

    /** Entries per step; an insertion adds one, so this keeps up. */
    private static final int STEP = 4;

    private final long bucketMillis;
    private final BiConsumer<E, Long> expire;
    private final TreeMap<Long, ArrayList<E>> buckets = new TreeMap<>();
    private long lastBucket = Long.MIN_VALUE;
    private @Nullable ArrayList<E> last;

    /** @param expire removes from an entry all that is older than the time */
    ExpiryQueue(long retentionMillis, BiConsumer<E, Long> expire) {
        this.bucketMillis = Math.max(1, retentionMillis / 8);
        this.expire = expire;
    }

    void add(E entry, long timeMillis) {
        long bucket = Math.floorDiv(timeMillis, bucketMillis);
        ArrayList<E> entries = last;
        if (bucket != lastBucket || entries == null) {
            entries = buckets.computeIfAbsent(bucket, absent -> new ArrayList<>());
            lastBucket = bucket;
            last = entries;
        }
        entries.add(entry);
    }

    /** One step of throwing away what is older than {@code minLiveMillis}. */
    void step(long minLiveMillis) {
        Map.Entry<Long, ArrayList<E>> first = buckets.firstEntry();
        if (first == null || (first.getKey() + 1) * bucketMillis > minLiveMillis) {
            return;
        }
        ArrayList<E> entries = first.getValue();
        for (int i = 0; i < STEP && !entries.isEmpty(); i++) {
            expire.accept(entries.remove(entries.size() - 1), minLiveMillis);
        }
        if (entries.isEmpty()) {
            buckets.remove(first.getKey());
            if (first.getKey() == lastBucket) {
                last = null;
            }
        }
    }
}
