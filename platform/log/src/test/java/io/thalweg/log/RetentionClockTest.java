package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.ManualClock;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetentionClockTest {

    private static final long HOUR = 3_600_000;
    private static final long HOLD = 24 * HOUR;

    private final ManualClock clock = new ManualClock();
    private final RetentionClock retention = new RetentionClock(clock, HOLD);

    private void step(long millis) {
        clock.jumpTo(clock.wallMillis() + millis);
    }

    @Test
    void timeThatPassesIsBelieved() {
        for (int i = 0; i < 100; i++) {
            clock.advance(HOUR);
            assertThat(retention.nowMillis()).isEqualTo(clock.wallMillis());
        }
    }

    @Test
    void aStepAheadIsHeldBackWhileTimeGoesOn() {
        step(9 * 24 * HOUR);
        assertThat(retention.nowMillis()).isEqualTo(ManualClock.START_MILLIS);
        clock.advance(5 * HOUR);
        assertThat(retention.nowMillis()).isEqualTo(ManualClock.START_MILLIS + 5 * HOUR);
    }

    @Test
    void aClockThatIsSetRightAgainHasChangedNothing() {
        step(100 * HOUR);
        clock.advance(HOUR);
        assertThat(retention.nowMillis()).isEqualTo(ManualClock.START_MILLIS + HOUR);
        step(-100 * HOUR);
        clock.advance(HOUR);
        assertThat(retention.nowMillis()).isEqualTo(clock.wallMillis()).isEqualTo(ManualClock.START_MILLIS + 2 * HOUR);
    }

    @Test
    void aClockThatWentBackAndForthIsBelievedAsBefore() {
        step(-HOUR / 2);
        assertThat(retention.nowMillis()).isEqualTo(ManualClock.START_MILLIS - HOUR / 2);
        step(HOUR / 2);
        assertThat(retention.nowMillis()).isEqualTo(ManualClock.START_MILLIS);
    }

    @Test
    void afterTheHoldTheClockIsBelieved() {
        step(100 * HOUR);
        retention.nowMillis();
        clock.advance(HOLD - 1);
        assertThat(retention.nowMillis()).isEqualTo(ManualClock.START_MILLIS + HOLD - 1);
        clock.advance(1);
        assertThat(retention.nowMillis()).isEqualTo(clock.wallMillis());
    }

    @Test
    void withoutAHoldTheClockIsBelievedAtOnce() {
        RetentionClock trusting = new RetentionClock(clock, 0);
        step(100 * HOUR);
        assertThat(trusting.nowMillis()).isEqualTo(clock.wallMillis());
    }

    @Test
    void smallStepsAreWhatTimeServersDo() {
        for (int i = 0; i < 1_000; i++) {
            step(i % 2 == 0 ? 200 : -200);
            assertThat(retention.nowMillis()).isEqualTo(clock.wallMillis());
        }
    }

    @Test
    void withinTheHoldItNeverRunsAheadOfTheTimeThatPassed() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            clock.advance(random.nextInt(2_000));
            long jump = random.nextInt(3) == 0 ? (long) (random.nextGaussian() * 10 * HOUR) : 0;
            step(jump);
            // Steps that are believed, each less than the bound, may add up on top.
            assertThat(retention.nowMillis())
                    .as("seed=%d", seed)
                    .isLessThanOrEqualTo(ManualClock.START_MILLIS
                            + clock.monotonicNanos() / 1_000_000
                            + i * RetentionClock.STEP_MILLIS)
                    .isLessThanOrEqualTo(clock.wallMillis());
        }
    }
}
