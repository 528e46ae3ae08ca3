package io.thalweg.launcher.demo.pipeline;

import io.thalweg.streams.GlobalTable;
import io.thalweg.streams.Serde;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.Stream;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.StreamDefinition;
import io.thalweg.streams.Tumbling;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Mean and 95th percentile of the delay for each origin airport and hour. Every update is written, so that the topic, which is
 * compacted by airport and hour, is right at any time and not only when a window has closed.
 */
public final class AirportDelays implements StreamDefinition {

    /** Its name: the consumer group, and the prefix of its internal topics. */
    public static final String NAME = "airport-delays-by-hour";

    static final String FLIGHTS = "flights";
    static final String AIRPORTS = "airports";
    static final String DELAYS = "airport-delays";

    private static final Serde<DelayWindow> WINDOWS = Serdes.json("delays", DelayWindow::toJson, DelayWindow::from);

    @Override
    public StreamApp define(JsonObject config) {
        StreamApp app = StreamApp.named(NAME);
        GlobalTable<String, JsonObject> airports = app.globalTable(AIRPORTS, Serdes.string(), Serdes.json());
        Stream<String, JsonObject> flights = app.stream(FLIGHTS, Serdes.string(), Serdes.json());
        flights.groupByKey()
                .window("delays-1h", Tumbling.of(Duration.ofHours(1)).grace(Duration.ofDays(1)))
                .aggregate(DelayWindow::empty, (origin, flight, window) -> window.add(flight), WINDOWS)
                .toStream((hour, window) -> hour.key() + "@" + Instant.ofEpochMilli(hour.startMillis()))
                .mapValues(AirportDelays::row)
                .leftJoin(airports, (key, row) -> row.getString("origin"), AirportDelays::withAirport)
                .to(DELAYS, Serdes.string(), Serdes.json());
        return app;
    }

    private static JsonObject row(String key, DelayWindow window) {
        int at = key.indexOf('@');
        return new JsonObject()
                .put("origin", key.substring(0, at))
                .put("hour", key.substring(at + 1))
                .put("flights", window.flights())
                .put("meanDelayMinutes", window.meanMinutes())
                .put("p95DelayMinutes", window.p95Minutes());
    }

    private static JsonObject withAirport(JsonObject row, @Nullable JsonObject airport) {
        return airport == null
                ? row
                : row.put("airport", airport.getString("name"))
                        .put("city", airport.getString("city"))
                        .put("state", airport.getString("state"));
    }
}
