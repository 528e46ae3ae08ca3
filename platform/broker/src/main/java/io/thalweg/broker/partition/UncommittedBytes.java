package io.thalweg.broker.partition;

/**
 * How many bytes become readable when the high watermark moves, so that long polls that wait for many bytes are not woken for
 * few. Its own monitor guards everything. Bounded: what comes when it is full is counted with the last entry, and so told later
 * than it could be, at most until the high watermark reaches the end of the log.
 */
final class UncommittedBytes {

    private static final int ENTRIES_MAX = 256;

    // A ring: the entry i ends before ends[i] and has bytes[i].
    private long[] ends = new long[16];
    private int[] bytes = new int[16];
    private int first;
    private int count;

    synchronized void add(long end, int more) {
        if (count == ENTRIES_MAX) {
            int last = (first + count - 1) & (ends.length - 1);
            ends[last] = end;
            bytes[last] = (int) Math.min(Integer.MAX_VALUE, (long) bytes[last] + more);
            return;
        }
        if (count == ends.length) {
            grow();
        }
        int at = (first + count) & (ends.length - 1);
        ends[at] = end;
        bytes[at] = more;
        count++;
    }

    /** Takes out what ends at or before {@code offset}. */
    synchronized int take(long offset) {
        long taken = 0;
        while (count > 0 && ends[first] <= offset) {
            taken += bytes[first];
            first = (first + 1) & (ends.length - 1);
            count--;
        }
        return (int) Math.min(Integer.MAX_VALUE, taken);
    }

    /** After a truncation. */
    synchronized void clear() {
        count = 0;
    }

    private void grow() {
        long[] moreEnds = new long[2 * ends.length];
        int[] moreBytes = new int[2 * ends.length];
        for (int i = 0; i < count; i++) {
            moreEnds[i] = ends[(first + i) & (ends.length - 1)];
            moreBytes[i] = bytes[(first + i) & (ends.length - 1)];
        }
        ends = moreEnds;
        bytes = moreBytes;
        first = 0;
    }
}
