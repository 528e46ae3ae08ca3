package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AckTimesTest {

    private static final long MILLI = 1_000_000;

    @Test
    void aGapBelongsToTheWindowInWhichItWasOpen() {
        AckTimes times = new AckTimes(2);
        for (long at : new long[] {100, 101, 500, 501, 2_000}) {
            times.acknowledged(0, at * MILLI);
        }
        times.acknowledged(1, 100 * MILLI);
        times.acknowledged(1, 150 * MILLI);

        assertThat(times.longestMillis(0, 90 * MILLI, 95 * MILLI)).isZero();
        assertThat(times.longestMillis(0, 200 * MILLI, 500 * MILLI)).isEqualTo(399);
        assertThat(times.longestMillis(0, 505 * MILLI, 510 * MILLI)).isEqualTo(1_499);
        assertThat(times.longestMillis(1, 0, 3_000 * MILLI)).isEqualTo(50);
        assertThat(times.longestMillis(0, 3_000 * MILLI)).isEqualTo(1_499);
        assertThat(times.counts()).containsExactly(5, 2);
    }

    @Test
    void aSecondIsSilentIfItLiesWithinAGap() {
        AckTimes times = new AckTimes(2);
        times.acknowledged(0, 500 * MILLI);
        times.acknowledged(0, 3_400 * MILLI); // the seconds 1 and 2
        times.acknowledged(0, 5_000 * MILLI); // the second 4
        times.acknowledged(0, 10_000 * MILLI); // 5 to 9
        times.acknowledged(1, 900 * MILLI);
        times.acknowledged(1, 1_900 * MILLI);

        assertThat(times.availability(0, 10)).as("and 2 to 9 of the other").isEqualTo(1 - 16 / 20.0);
        assertThat(times.availability(1_500 * MILLI, 2))
                .as("1.5 to 2.5 of the one, 2.5 to 3.5 of the other")
                .isEqualTo(1 - 2 / 4.0);
        assertThat(times.availability(20_000 * MILLI, 10))
                .as("nobody was served any more")
                .isZero();
    }
}
