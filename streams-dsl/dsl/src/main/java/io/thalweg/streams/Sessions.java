package io.thalweg.streams;

import io.thalweg.streams.topology.TopologyException;
import java.time.Duration;

/**
 * Windows that go on as long as records of a key are no further apart than the gap.
 *
 * @param graceMillis how long after its end plus the gap a session still takes late records; none unless said
 */
public record Sessions(long gapMillis, long graceMillis) {

    public Sessions {
        if (gapMillis < 0 || graceMillis < 0) {
            throw new TopologyException(
                    "sessions gapMillis=" + gapMillis + " graceMillis=" + graceMillis + "; expected 0 or more");
        }
    }

    public static Sessions gap(Duration gap) {
        return new Sessions(gap.toMillis(), 0);
    }

    public Sessions grace(Duration grace) {
        return new Sessions(gapMillis, grace.toMillis());
    }
}
