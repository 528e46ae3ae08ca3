package io.thalweg.replication.node;

/** How many bytes followers may still be sent that nobody waits for: a rate, with as much as a second's worth at once. */
final class CatchUpThrottle {

    private static final double NANOS_PER_SECOND = 1e9;

    private final int bytesPerSecond;

    /** Negative after an answer that was larger than what was left. */
    private double available;

    private long filledNanos;

    CatchUpThrottle(int bytesPerSecond, long nowNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.available = bytesPerSecond;
        this.filledNanos = nowNanos;
    }

    int available(long nowNanos) {
        double since = (nowNanos - filledNanos) / NANOS_PER_SECOND * bytesPerSecond;
        available = Math.min(bytesPerSecond, available + since);
        filledNanos = nowNanos;
        return (int) Math.max(0, available);
    }

    void take(int bytes) {
        available -= bytes;
    }
}
