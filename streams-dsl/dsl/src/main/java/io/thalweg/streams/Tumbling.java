package io.thalweg.streams;

import java.time.Duration;

/** Windows one after the other: [0, size), [size, 2 size) and so on since 1970. */
public final class Tumbling {

    private Tumbling() {}

    public static TimeWindow of(Duration size) {
        return new TimeWindow(size.toMillis(), size.toMillis(), 0);
    }
}
