package io.thalweg.launcher.demo;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;

/**
 * How late flights from one airport were.
 *
 * @param airport its name if it is known, else its code again
 */
record AirportDelay(String origin, String airport, long flights, double meanDelayMinutes) {

    /** The airports with the greatest mean delay, worst first, among those with enough flights to mean something. */
    static List<AirportDelay> worst(
            Collection<Flight> flights, Map<String, String> airports, int flightsMin, int count) {
        Map<String, IntSummaryStatistics> byOrigin = new HashMap<>();
        for (Flight flight : flights) {
            byOrigin.computeIfAbsent(flight.origin(), none -> new IntSummaryStatistics())
                    .accept(flight.delayMinutes());
        }
        return byOrigin.entrySet().stream()
                .filter(entry -> entry.getValue().getCount() >= flightsMin)
                .map(entry -> new AirportDelay(
                        entry.getKey(),
                        airports.getOrDefault(entry.getKey(), entry.getKey()),
                        entry.getValue().getCount(),
                        entry.getValue().getAverage()))
                .sorted(Comparator.comparingDouble(AirportDelay::meanDelayMinutes)
                        .reversed()
                        .thenComparing(AirportDelay::origin))
                .limit(count)
                .toList();
    }
}
