package io.thalweg.launcher.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoDataTest {

    @Test
    void allFlightsAreThereAndTheirAirportsHaveNames() {
        DemoData data = DemoData.load();

        assertThat(data.flights()).hasSize(20_000);
        assertThat(data.flights().get(0)).isEqualTo(new Flight("2001/01/01 00:47", 66, 1750, "DTW", "LAS"));
        assertThat(data.airports()).containsEntry("DTW", "Detroit Metropolitan-Wayne County, Detroit MI");
    }

    @Test
    void aCellInQuotesMayHoldCommasAndQuotes() {
        assertThat(DemoData.cells("a,\"b, \"\"c\"\"\",,d")).containsExactly("a", "b, \"c\"", "", "d");
    }

    @Test
    void theWorstAirportsAreThoseWithTheGreatestMeanAmongThoseWithEnoughFlights() {
        List<Flight> flights = List.of(
                flight("AAA", 10), flight("AAA", 20), flight("BBB", 40), flight("BBB", 60), flight("CCC", 1_000));

        List<AirportDelay> worst = AirportDelay.worst(flights, Map.of("BBB", "Bee"), 2, 5);

        assertThat(worst).containsExactly(new AirportDelay("BBB", "Bee", 2, 50), new AirportDelay("AAA", "AAA", 2, 15));
    }

    @Test
    void percentilesAreByNearestRank() {
        Latencies latencies = new Latencies();
        for (int millis = 2_000; millis >= 1; millis--) {
            latencies.add(millis * 1_000_000L);
        }

        assertThat(latencies.percentileMillis(0.5)).isCloseTo(1_000, within(1e-9));
        assertThat(latencies.percentileMillis(0.99)).isCloseTo(1_980, within(1e-9));
        assertThat(new Latencies().percentileMillis(0.5)).isZero();
    }

    private static Flight flight(String origin, int delayMinutes) {
        return new Flight("2001/01/01 00:00", delayMinutes, 1, origin, "XXX");
    }
}
