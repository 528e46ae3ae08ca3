package io.thalweg.launcher.example;

import io.thalweg.streams.GlobalTable;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.StreamDefinition;
import io.thalweg.streams.Tumbling;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How late flights leave: mean and 95th percentile of the delay for each origin airport and hour of event time, once the hour
 * is over.
 *
 * <p>Reads {@code flights} (key: the origin's code; value: {@code {"delay": minutes, ...}}; timestamp: the departure) and the
 * table {@code airports} (key: the code; value: {@code {"name", "city", "state"}}); writes {@code airport-delays} (key: the code
 * and the hour's begin). The names of the three may be set by {@code flights}, {@code airports} and {@code delays} of the
 * configuration.
 */
public final class AirportDelays implements StreamDefinition {

    /** The application's name and consumer group. */
    public static final String NAME = "airport-delays-final";

    private static final Duration HOUR = Duration.ofHours(1);

    @Override
    public StreamApp define(JsonObject config) {
        StreamApp app = StreamApp.named(NAME).deadLetters(NAME + "-dead-letters");
        GlobalTable<String, JsonObject> airports =
                app.globalTable(config.getString("airports", "airports"), Serdes.string(), Serdes.json());
        app.stream(config.getString("flights", "flights"), Serdes.string(), Serdes.json())
                .leftJoin(airports, (origin, flight) -> origin, AirportDelays::ofAirport)
                .groupByKey()
                .window("hours", Tumbling.of(HOUR).grace(HOUR))
                .aggregate(
                        HourOfDelays::empty,
                        (origin, flight, hour) -> hour.with(flight),
                        Serdes.json("hour", HourOfDelays::toJson, HourOfDelays::from))
                .emitFinal()
                .toStream((window, hour) -> window.key() + "@" + Instant.ofEpochMilli(window.startMillis()))
                .mapValues((key, hour) -> hour.result(key))
                .to(config.getString("delays", "airport-delays"), Serdes.string(), Serdes.json());
        return app;
    }

    private static JsonObject ofAirport(JsonObject flight, @Nullable JsonObject airport) {
        JsonObject delay = new JsonObject().put("delay", flight.getInteger("delay"));
        return airport == null
                ? delay
                : delay.put("airport", airport.getString("name"))
                        .put("city", airport.getString("city"))
                        .put("state", airport.getString("state"));
    }
}
