package io.thalweg.gateway.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogRateTest {

    @Test
    void aBurstIsOneLineAndACount() {
        long began = System.nanoTime();
        LogRate rate = new LogRate();
        int passed = 0;
        for (int i = 0; i < 1_000; i++) {
            passed += rate.passes() ? 1 : 0;
        }
        long seconds = (System.nanoTime() - began) / 1_000_000_000;
        assertThat(passed).isBetween(1, 1 + (int) seconds);
        assertThat(rate.takeLeftOut()).isEqualTo(1_000 - passed);
        assertThat(rate.takeLeftOut()).isZero();
    }
}
