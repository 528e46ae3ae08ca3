package io.thalweg.launcher.demo.pipeline;

import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The flights that left one airport in one hour. A set, not a sum: streams process at least once, and a flight that comes
 * again after a crash must not count twice.
 *
 * @param delaysMinutes by what tells one flight from another
 */
record DelayWindow(TreeMap<String, Integer> delaysMinutes) {

    private static final int PERCENT = 95;

    static DelayWindow empty() {
        return new DelayWindow(new TreeMap<>());
    }

    DelayWindow add(JsonObject flight) {
        String id = flight.getString("date")
                + ' '
                + flight.getString("destination")
                + ' '
                + flight.getInteger("distance")
                + ' '
                + flight.getInteger("delay");
        delaysMinutes.put(id, flight.getInteger("delay"));
        return this;
    }

    int flights() {
        return delaysMinutes.size();
    }

    double meanMinutes() {
        return delaysMinutes.values().stream()
                .mapToInt(Integer::intValue)
                .average()
                .orElse(0);
    }

    /** The least delay that 95 % of the flights do not exceed (nearest rank). */
    int p95Minutes() {
        int[] sorted =
                delaysMinutes.values().stream().mapToInt(Integer::intValue).toArray();
        Arrays.sort(sorted);
        int rank = (sorted.length * PERCENT + 99) / 100;
        return sorted[Math.max(1, rank) - 1];
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        delaysMinutes.forEach(json::put);
        return json;
    }

    static DelayWindow from(JsonObject json) {
        DelayWindow window = empty();
        for (Map.Entry<String, Object> entry : json) {
            window.delaysMinutes.put(entry.getKey(), ((Number) entry.getValue()).intValue());
        }
        return window;
    }
}
