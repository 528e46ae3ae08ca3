package io.thalweg.broker.peer;

import io.thalweg.environment.Clock;

/** Lets one line a second pass and counts the others, for lines that strangers can cause. Confined to the transport. */
final class LineRate {

    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final Clock clock;
    private long nextNanos;
    private long leftOut;

    LineRate(Clock clock) {
        this.clock = clock;
        nextNanos = clock.monotonicNanos();
    }

    boolean passes() {
        long now = clock.monotonicNanos();
        if (now - nextNanos < 0) {
            leftOut++;
            return false;
        }
        nextNanos = now + INTERVAL_NANOS;
        return true;
    }

    /** How many lines were left out since this was asked before. */
    long takeLeftOut() {
        long count = leftOut;
        leftOut = 0;
        return count;
    }
}
