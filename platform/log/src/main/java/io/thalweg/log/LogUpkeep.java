package io.thalweg.log;

/**
 * How a log directory looks after what it holds.
 *
 * @param scrubBytesPerSecond of closed segments read again to verify them; 0 for never
 * @param scrubIntervalMillis from the end of one pass over all of them to the next
 * @param clockStepHoldMillis for so long after a step of the wall clock ahead, what is kept by age ages as if the clock had
 *     not stepped (see {@link RetentionClock}); 0 to believe the clock at once
 */
public record LogUpkeep(long scrubBytesPerSecond, long scrubIntervalMillis, long clockStepHoldMillis) {

    public LogUpkeep {
        if (scrubBytesPerSecond < 0 || scrubIntervalMillis < 0 || clockStepHoldMillis < 0) {
            throw new IllegalArgumentException("negative limit: scrubBytesPerSecond=" + scrubBytesPerSecond
                    + " scrubIntervalMillis=" + scrubIntervalMillis + " clockStepHoldMillis=" + clockStepHoldMillis);
        }
    }

    /** 8 MiB a second, a pass each day; a day. */
    public static LogUpkeep defaults() {
        return new LogUpkeep(8L << 20, 86_400_000, 86_400_000);
    }
}
