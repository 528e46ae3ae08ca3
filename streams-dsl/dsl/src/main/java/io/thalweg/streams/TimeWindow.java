package io.thalweg.streams;

import io.thalweg.streams.topology.TopologyException;
import java.time.Duration;

/**
 * Windows of fixed length; made by {@link Tumbling} and {@link Hopping}.
 *
 * @param advanceMillis from the start of one to the start of the next; at most {@code sizeMillis}
 * @param graceMillis how long after its end a window still takes late records; none unless said
 */
public record TimeWindow(long sizeMillis, long advanceMillis, long graceMillis) {

    public TimeWindow {
        if (sizeMillis < 1 || advanceMillis < 1 || advanceMillis > sizeMillis || graceMillis < 0) {
            throw new TopologyException("window sizeMillis=" + sizeMillis + " advanceMillis=" + advanceMillis
                    + " graceMillis=" + graceMillis + "; expected 1 <= advance <= size and grace >= 0");
        }
    }

    public TimeWindow grace(Duration grace) {
        return new TimeWindow(sizeMillis, advanceMillis, grace.toMillis());
    }
}
