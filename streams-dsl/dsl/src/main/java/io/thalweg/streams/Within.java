package io.thalweg.streams;

import io.thalweg.streams.topology.TopologyException;
import java.time.Duration;

/**
 * How close the timestamps of two joined records are: the right one within [left - before, left + after].
 *
 * @param graceMillis how long a record may be late and still be joined; none unless said
 */
public record Within(long beforeMillis, long afterMillis, long graceMillis) {

    public Within {
        if (beforeMillis + afterMillis < 0 || graceMillis < 0) {
            throw new TopologyException("join beforeMillis=" + beforeMillis + " afterMillis=" + afterMillis
                    + " graceMillis=" + graceMillis + "; expected before + after >= 0 and grace >= 0");
        }
    }

    public static Within of(Duration difference) {
        return new Within(difference.toMillis(), difference.toMillis(), 0);
    }

    public Within before(Duration before) {
        return new Within(before.toMillis(), afterMillis, graceMillis);
    }

    public Within after(Duration after) {
        return new Within(beforeMillis, after.toMillis(), graceMillis);
    }

    public Within grace(Duration grace) {
        return new Within(beforeMillis, afterMillis, grace.toMillis());
    }
}
