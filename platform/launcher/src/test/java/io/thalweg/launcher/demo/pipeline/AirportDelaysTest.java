package io.thalweg.launcher.demo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamRecord;
import io.thalweg.streams.driver.TopologyDriver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AirportDelaysTest {

    private static final DateTimeFormatter DATES = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm");

    @Test
    void windowsEqualABatchComputationOverTheSameFile() {
        List<JsonObject> flights = flights();
        assertThat(flights).hasSize(20_000);
        try (TopologyDriver driver =
                TopologyDriver.of(new AirportDelays().define(new JsonObject()).topology())) {
            pipe(driver, flights);

            assertThat(rows(driver)).isEqualTo(batch(flights));
        }
    }

    @Test
    void aFlightThatComesAgainDoesNotCountTwice() {
        List<JsonObject> flights = flights().subList(0, 2_000);
        try (TopologyDriver driver =
                TopologyDriver.of(new AirportDelays().define(new JsonObject()).topology())) {
            pipe(driver, flights);
            pipe(driver, flights.subList(1_000, 2_000));

            assertThat(rows(driver)).isEqualTo(batch(flights));
        }
    }

    @Test
    void namesTheAirport() {
        try (TopologyDriver driver =
                TopologyDriver.of(new AirportDelays().define(new JsonObject()).topology())) {
            driver.input(AirportDelays.AIRPORTS, Serdes.string(), Serdes.json())
                    .pipe(
                            "DTW",
                            new JsonObject()
                                    .put("name", "Detroit")
                                    .put("city", "Detroit")
                                    .put("state", "MI"),
                            0);
            pipe(driver, flights().subList(0, 1));

            JsonObject row = driver.output(AirportDelays.DELAYS, Serdes.string(), Serdes.json())
                    .readAll()
                    .get(0)
                    .value();
            assertThat(row)
                    .isEqualTo(new JsonObject()
                            .put("origin", "DTW")
                            .put("hour", "2001-01-01T00:00:00Z")
                            .put("flights", 1)
                            .put("meanDelayMinutes", 66.0)
                            .put("p95DelayMinutes", 66)
                            .put("airport", "Detroit")
                            .put("city", "Detroit")
                            .put("state", "MI"));
        }
    }

    private static void pipe(TopologyDriver driver, List<JsonObject> flights) {
        TopologyDriver.Input<String, JsonObject> input =
                driver.input(AirportDelays.FLIGHTS, Serdes.string(), Serdes.json());
        for (JsonObject flight : flights) {
            input.pipe(
                    flight.getString("origin"),
                    flight,
                    minute(flight).toInstant(ZoneOffset.UTC).toEpochMilli());
        }
    }

    private static LocalDateTime minute(JsonObject flight) {
        return LocalDateTime.parse(flight.getString("date"), DATES);
    }

    /** The last row of each airport and hour, as a compacted topic keeps it. */
    private static Map<String, String> rows(TopologyDriver driver) {
        Map<String, String> rows = new TreeMap<>();
        for (StreamRecord<String, JsonObject> record : driver.output(
                        AirportDelays.DELAYS, Serdes.string(), Serdes.json())
                .readAll()) {
            JsonObject row = record.value();
            rows.put(
                    record.key(),
                    figures(
                            row.getInteger("flights"),
                            row.getDouble("meanDelayMinutes"),
                            row.getInteger("p95DelayMinutes")));
        }
        return rows;
    }

    /** The same, from the file, without streams. */
    private static Map<String, String> batch(List<JsonObject> flights) {
        Map<String, List<Integer>> delays = new TreeMap<>();
        for (JsonObject flight : flights) {
            String hour = minute(flight)
                    .truncatedTo(ChronoUnit.HOURS)
                    .toInstant(ZoneOffset.UTC)
                    .toString();
            delays.computeIfAbsent(flight.getString("origin") + "@" + hour, none -> new ArrayList<>())
                    .add(flight.getInteger("delay"));
        }
        Map<String, String> rows = new TreeMap<>();
        delays.forEach((key, list) -> {
            List<Integer> sorted = list.stream().sorted().toList();
            double mean = sorted.stream().mapToInt(Integer::intValue).sum() / (double) sorted.size();
            int p95 = sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
            rows.put(key, figures(sorted.size(), mean, p95));
        });
        return rows;
    }

    private static String figures(int flights, double mean, int p95) {
        return flights + " flights, mean " + mean + ", p95 " + p95;
    }

    private static List<JsonObject> flights() {
        try (InputStream in = AirportDelaysTest.class.getResourceAsStream("/io/thalweg/conf/demo/flights-20k.json")) {
            JsonArray array = new JsonArray(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            List<JsonObject> flights = new ArrayList<>();
            for (int i = 0; i < array.size(); i++) {
                flights.add(array.getJsonObject(i));
            }
            return flights;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
