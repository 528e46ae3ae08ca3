package io.thalweg.environment;

/** Reads time. Wall time names moments to people and records; only monotonic time measures durations. */
public interface Clock {

    /** Milliseconds since the epoch, UTC. May jump either way; never use it for a timeout. */
    long wallMillis();

    /** Nanoseconds since an arbitrary origin. Never goes back; compare by subtraction. */
    long monotonicNanos();

    /** The machine's clocks. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
