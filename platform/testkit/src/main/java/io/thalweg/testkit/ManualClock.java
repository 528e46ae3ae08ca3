package io.thalweg.testkit;

import io.thalweg.environment.Clock;

/** A clock that stands until it is moved. */
public final class ManualClock implements Clock {

    /** A moment in 2023 that is easy to recognise. */
    public static final long START_MILLIS = 1_700_000_000_000L;

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private long wallMillis = START_MILLIS;
    private long monotonicNanos;

    @Override
    public synchronized long wallMillis() {
        return wallMillis;
    }

    @Override
    public synchronized long monotonicNanos() {
        return monotonicNanos;
    }

    /** Lets {@code millis >= 0} pass on both clocks. */
    public synchronized void advance(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("time does not go back: millis=" + millis);
        }
        wallMillis += millis;
        monotonicNanos += millis * NANOS_PER_MILLI;
    }

    /** Sets the wall clock alone, either way, as an operator or a time server does. */
    public synchronized void jumpTo(long newWallMillis) {
        wallMillis = newWallMillis;
    }
}
