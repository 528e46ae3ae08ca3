package io.thalweg.launcher.example;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The flights of one airport in one hour.
 *
 * @param airport name, city and state as far as they are known
 * @param delaysMinutes of each flight; an hour of one airport has some hundred at most
 */
record HourOfDelays(JsonObject airport, List<Integer> delaysMinutes) {

    HourOfDelays {
        airport = airport.copy();
        delaysMinutes = List.copyOf(delaysMinutes);
    }

    static HourOfDelays empty() {
        return new HourOfDelays(new JsonObject(), List.of());
    }

    HourOfDelays with(JsonObject flight) {
        List<Integer> more = new ArrayList<>(delaysMinutes);
        more.add(flight.getInteger("delay"));
        JsonObject named = flight.copy();
        named.remove("delay");
        return new HourOfDelays(named, more);
    }

    /** @param key the airport's code and the hour's begin */
    JsonObject result(String key) {
        int at = key.indexOf('@');
        JsonObject result = new JsonObject()
                .put("origin", key.substring(0, at))
                .put("hour", key.substring(at + 1))
                .mergeIn(airport);
        List<Integer> sorted = delaysMinutes.stream().sorted().toList();
        double mean = sorted.stream().mapToInt(Integer::intValue).average().orElse(0);
        return result.put("flights", sorted.size())
                .put("meanDelayMinutes", mean)
                .put("p95DelayMinutes", sorted.get(Math.max(0, (sorted.size() * 95 + 99) / 100 - 1)));
    }

    JsonObject toJson() {
        return new JsonObject().put("airport", airport).put("delays", new JsonArray(new ArrayList<>(delaysMinutes)));
    }

    static HourOfDelays from(JsonObject json) {
        List<Integer> delays = new ArrayList<>();
        for (Object delay : json.getJsonArray("delays")) {
            delays.add(((Number) delay).intValue());
        }
        return new HourOfDelays(json.getJsonObject("airport"), delays);
    }
}
