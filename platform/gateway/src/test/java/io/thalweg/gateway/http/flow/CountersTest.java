package io.thalweg.gateway.http.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void theFirstCountHasNoRate() {
        assertThat(rate(Counters.after(null, 0), 10)).isEmpty();
    }

    @Test
    void aRateIsOfWhatWasAddedSince() {
        Counters first = Counters.after(null, 0);
        rate(first, 10);
        assertThat(rate(Counters.after(first, 2 * SECOND), 30)).isEqualTo(Map.of("rate", 10.0));
    }

    @Test
    void aCounterThatWentBackHasNoRate() {
        Counters first = Counters.after(null, 0);
        rate(first, 10);
        assertThat(rate(Counters.after(first, SECOND), 3)).isEmpty();
    }

    @Test
    void aCountOfLongAgoSaysNothingOfNow() {
        Counters first = Counters.after(null, 0);
        rate(first, 10);
        assertThat(rate(Counters.after(first, 60 * SECOND), 30)).isEmpty();
    }

    private static Map<String, Double> rate(Counters counters, double value) {
        Map<String, Double> figures = new HashMap<>();
        counters.rate(figures, "rate", "counter", value);
        return figures;
    }
}
