package io.thalweg.launcher.demo;

import java.util.Arrays;

/** Durations of calls, in the order in which they ended. Safe for several threads. */
final class Latencies {

    private long[] nanos = new long[1024];
    private int count;

    synchronized void add(long durationNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = durationNanos;
    }

    /** The value that this fraction of all does not exceed, by nearest rank, in milliseconds; 0 if there is none. */
    synchronized double percentileMillis(double fraction) {
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(fraction * count);
        return sorted[Math.max(0, rank - 1)] / 1e6;
    }
}
