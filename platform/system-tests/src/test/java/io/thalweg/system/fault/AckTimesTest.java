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
}
