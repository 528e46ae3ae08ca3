package io.thalweg.log;

import io.thalweg.environment.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wall clock as far as it may be believed when something is deleted for its age.
 *
 * <p>A wall clock that is set ahead makes everything look old at once, and what is deleted then does not come back when the
 * clock does. So time passes here as on the monotonic clock: a step ahead is held back. A step back takes from what is held
 * back, so that a clock that was wrong and was set right again has changed nothing. If no further step follows within the
 * hold, the clock is believed: whoever is in charge was told, and has had the time to set it right.
 *
 * <p>A machine that slept looks like a step ahead, too; things are kept longer then, which is harmless. What happens while
 * the node is down cannot be told from time that passed. Confined to the background worker.
 */
final class RetentionClock {

    private static final Logger LOGGER = LoggerFactory.getLogger(RetentionClock.class);
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** Less than this is what time servers do every day. */
    static final long STEP_MILLIS = 10_000;

    /** Between reading one clock and the other no more than this may pass, or they say nothing of each other. */
    private static final long LOOK_NANOS_MAX = 1_000 * NANOS_PER_MILLI;

    private final Clock clock;
    private final long holdMillis;
    private long wallMillis;
    private long monotonicNanos;

    /** Steps that are not believed yet; below 0 after steps back alone, which are believed at once. */
    private long heldMillis;

    private long heldSinceNanos;

    RetentionClock(Clock clock, long holdMillis) {
        this.clock = clock;
        this.holdMillis = holdMillis;
        this.monotonicNanos = clock.monotonicNanos();
        this.wallMillis = clock.wallMillis();
        this.heldSinceNanos = monotonicNanos;
    }

    /** Looks at both clocks; to be called more often than {@link #STEP_MILLIS}. Never ahead of the wall clock. */
    long nowMillis() {
        long before = clock.monotonicNanos();
        long wall = clock.wallMillis();
        long now = clock.monotonicNanos();
        if (now - before <= LOOK_NANOS_MAX) {
            long step = wall - wallMillis - (now - monotonicNanos) / NANOS_PER_MILLI;
            wallMillis = wall;
            monotonicNanos = now;
            if (Math.abs(step) >= STEP_MILLIS) {
                onStep(step, now);
            }
        }
        if (heldMillis != 0 && now - heldSinceNanos >= holdMillis * NANOS_PER_MILLI) {
            if (heldMillis > 0) {
                LOGGER.atInfo().addKeyValue("heldMillis", heldMillis).log("the wall clock is believed again");
            }
            heldMillis = 0;
        }
        return wall - Math.max(0, heldMillis);
    }

    private void onStep(long step, long nowNanos) {
        heldMillis += step;
        heldSinceNanos = nowNanos;
        if (step > 0 && heldMillis > 0 && holdMillis > 0) {
            LOGGER.atWarn()
                    .addKeyValue("stepMillis", step)
                    .addKeyValue("holdMillis", holdMillis)
                    .log("the wall clock stepped ahead: nothing is deleted for its age on that account before the hold"
                            + " (log.clockStepHoldMillis) is over; if the clock is wrong, set it right by then");
        }
    }
}
