package io.thalweg.launcher.demo;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * One flight of the demo's data.
 *
 * @param date local time, to the minute
 * @param delayMinutes negative if it was early
 */
record Flight(String date, int delayMinutes, int distanceMiles, String origin, String destination) {

    static Flight from(JsonObject json) {
        return new Flight(
                json.getString("date"),
                json.getInteger("delay"),
                json.getInteger("distance"),
                json.getString("origin"),
                json.getString("destination"));
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("date", date)
                .put("delay", delayMinutes)
                .put("distance", distanceMiles)
                .put("origin", origin)
                .put("destination", destination);
    }

    /** The record's key: flights of one origin stay in order. */
    byte[] key() {
        return origin.getBytes(StandardCharsets.UTF_8);
    }

    byte[] value() {
        return toJson().encode().getBytes(StandardCharsets.UTF_8);
    }
}
