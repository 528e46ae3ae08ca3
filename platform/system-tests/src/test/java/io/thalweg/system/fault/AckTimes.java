package io.thalweg.system.fault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * When acknowledgements came, partition by partition: how long nobody was served. Keeps only gaps that somebody would notice.
 * Safe for any thread.
 */
public final class AckTimes {

    private static final long GAP_NANOS_MIN = 20_000_000;
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final int GAPS_MAX = 1_000_000;

    private final long[] counts;
    private final long[] lastNanos;
    private final List<Gap> gaps = new ArrayList<>();

    /** Between two acknowledgements of one partition, in {@link System#nanoTime()}. */
    public record Gap(int partition, long fromNanos, long toNanos) {

        public long millis() {
            return (toNanos - fromNanos) / 1_000_000;
        }
    }

    AckTimes(int partitions) {
        counts = new long[partitions];
        lastNanos = new long[partitions];
    }

    synchronized void acknowledged(int partition, long nowNanos) {
        if (counts[partition] > 0 && nowNanos - lastNanos[partition] >= GAP_NANOS_MIN && gaps.size() < GAPS_MAX) {
            gaps.add(new Gap(partition, lastNanos[partition], nowNanos));
        }
        counts[partition]++;
        lastNanos[partition] = nowNanos;
    }

    /** Acknowledgements so far, by partition. */
    public synchronized long[] counts() {
        return Arrays.copyOf(counts, counts.length);
    }

    /**
     * The longest gap of one partition that was still open at some moment between the two, in milliseconds; 0 if it is not
     * worth keeping.
     */
    public synchronized long longestMillis(int partition, long fromNanos, long toNanos) {
        return gaps.stream()
                .filter(gap -> gap.partition() == partition && gap.toNanos() > fromNanos && gap.fromNanos() < toNanos)
                .mapToLong(Gap::millis)
                .max()
                .orElse(0);
    }

    /** The longest of any partition. */
    public long longestMillis(long fromNanos, long toNanos) {
        long longest = 0;
        for (int partition = 0; partition < counts.length; partition++) {
            longest = Math.max(longest, longestMillis(partition, fromNanos, toNanos));
        }
        return longest;
    }

    /** The share of whole seconds from one moment on in which a partition acknowledged something, over all partitions. */
    public synchronized double availability(long fromNanos, int seconds) {
        long silent = 0;
        for (Gap gap : gaps) {
            silent += wholeSeconds(gap, fromNanos, seconds);
        }
        for (int partition = 0; partition < counts.length; partition++) {
            // What is not over by then is a gap, too.
            Gap open = new Gap(partition, lastNanos[partition], fromNanos + seconds * SECOND_NANOS);
            silent += wholeSeconds(open, fromNanos, seconds);
        }
        return 1 - (double) silent / ((long) seconds * counts.length);
    }

    private static long wholeSeconds(Gap gap, long fromNanos, int seconds) {
        long first = Math.max(0, -Math.floorDiv(fromNanos - gap.fromNanos(), SECOND_NANOS));
        long end = Math.min(seconds, Math.floorDiv(gap.toNanos() - fromNanos, SECOND_NANOS));
        return Math.max(0, end - first);
    }
}
