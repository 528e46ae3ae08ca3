package io.thalweg.streams.runtime;

import java.util.function.LongSupplier;

/**
 * How much of a turn is left: a number of records, and time. The clock is asked less often while records are cheap, and before
 * each record once they are not. Confined.
 */
final class TurnBudget {

    private static final int STRIDE_MAX = 16;

    private final int recordsMax;
    private final long nanosMax;
    private final LongSupplier nanoClock;
    private long startNanos;
    private int records;
    private int nextCheck;
    private boolean spent;

    TurnBudget(int recordsMax, long nanosMax, LongSupplier nanoClock) {
        this.recordsMax = recordsMax;
        this.nanosMax = nanosMax;
        this.nanoClock = nanoClock;
    }

    void begin() {
        startNanos = nanoClock.getAsLong();
        records = 0;
        nextCheck = 1;
        spent = false;
    }

    /** A record was processed. */
    void onRecord() {
        records++;
        if (records >= recordsMax) {
            spent = true;
        } else if (records >= nextCheck) {
            long elapsed = nanoClock.getAsLong() - startNanos;
            if (elapsed >= nanosMax) {
                spent = true;
            } else {
                // Half of what would fit at this turn's pace, so that one that gets slower is noticed in time.
                long fits = (nanosMax - elapsed) * records / Math.max(1, elapsed) / 2;
                nextCheck = records + (int) Math.max(1, Math.min(STRIDE_MAX, fits));
            }
        }
    }

    boolean spent() {
        return spent;
    }

    int records() {
        return records;
    }
}
