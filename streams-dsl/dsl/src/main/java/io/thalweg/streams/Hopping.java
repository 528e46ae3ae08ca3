package io.thalweg.streams;

import java.time.Duration;

/** Windows of one length that begin at every multiple of the advance, so that they overlap. */
public final class Hopping {

    private Hopping() {}

    /** @param advance at most the size */
    public static TimeWindow of(Duration size, Duration advance) {
        return new TimeWindow(size.toMillis(), advance.toMillis(), 0);
    }
}
