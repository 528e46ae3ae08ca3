package io.thalweg.launcher.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamRecord;
import io.thalweg.streams.driver.TopologyDriver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The windows of the demo's flights are those of a computation that knows nothing of streams. */
class AirportDelaysTest {

    private static final Path DATA = Path.of("..", "..", "conf", "demo");
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm");
    private static final long HOUR_MILLIS = 3_600_000;

    private record Departure(String origin, long timeMillis, int delay, JsonObject json) {}

    @Test
    void theHoursThatAreOverEqualABatchComputation() throws Exception {
        List<Departure> flights = flights();
        long lastMillis =
                flights.stream().mapToLong(Departure::timeMillis).max().orElseThrow();

        List<StreamRecord<String, JsonObject>> rows = new ArrayList<>();
        try (TopologyDriver driver =
                TopologyDriver.of(new AirportDelays().define(new JsonObject()).topology())) {
            var airports = driver.input("airports", Serdes.string(), Serdes.json());
            airports.pipe(
                    "DTW", new JsonObject().put("name", "Detroit Metropolitan").put("state", "MI"), 0);
            var input = driver.input("flights", Serdes.string(), Serdes.json());
            flights.forEach(flight -> input.pipe(flight.origin, flight.json, flight.timeMillis));
            rows.addAll(driver.output("airport-delays", Serdes.string(), Serdes.json())
                    .readAll());
        }

        Map<String, String> streamed = new TreeMap<>();
        for (StreamRecord<String, JsonObject> row : rows) {
            assertThat(streamed.put(row.key(), figures(row.value())))
                    .as(row.key())
                    .isNull();
        }
        assertThat(streamed).isEqualTo(batch(flights, lastMillis)).hasSizeGreaterThan(10_000);
        assertThat(rows)
                .filteredOn(row -> row.value().getString("origin").equals("DTW"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.value().getString("airport")).isEqualTo("Detroit Metropolitan"));
    }

    private static String figures(JsonObject row) {
        return row.getInteger("flights") + " " + row.getDouble("meanDelayMinutes") + " "
                + row.getInteger("p95DelayMinutes");
    }

    /** Hours that ended an hour or more before the last departure: the others may still change. */
    private static Map<String, String> batch(List<Departure> flights, long lastMillis) {
        Map<String, List<Integer>> delays = new TreeMap<>();
        for (Departure flight : flights) {
            long hour = flight.timeMillis - Math.floorMod(flight.timeMillis, HOUR_MILLIS);
            if (hour + 2 * HOUR_MILLIS <= lastMillis) {
                delays.computeIfAbsent(flight.origin + "@" + Instant.ofEpochMilli(hour), none -> new ArrayList<>())
                        .add(flight.delay);
            }
        }
        Map<String, String> figures = new TreeMap<>();
        delays.forEach((key, list) -> {
            int[] sorted = list.stream().mapToInt(Integer::intValue).toArray();
            Arrays.sort(sorted);
            long sum = 0;
            for (int delay : sorted) {
                sum += delay;
            }
            int rank = (int) Math.ceil(0.95 * sorted.length);
            figures.put(key, sorted.length + " " + (double) sum / sorted.length + " " + sorted[rank - 1]);
        });
        return figures;
    }

    private static List<Departure> flights() throws Exception {
        JsonArray array = new JsonArray(Files.readString(DATA.resolve("flights-20k.json")));
        List<Departure> flights = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            JsonObject json = array.getJsonObject(i);
            flights.add(new Departure(
                    json.getString("origin"),
                    LocalDateTime.parse(json.getString("date"), DATE)
                            .toInstant(ZoneOffset.UTC)
                            .toEpochMilli(),
                    json.getInteger("delay"),
                    json));
        }
        return flights;
    }
}
