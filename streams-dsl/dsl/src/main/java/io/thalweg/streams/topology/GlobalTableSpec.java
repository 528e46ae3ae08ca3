package io.thalweg.streams.topology;

import io.vertx.core.json.JsonObject;

/**
 * A table of which every instance holds all partitions; filled from its topic before the first task runs.
 *
 * @param store names it, and its node in the graph
 */
public record GlobalTableSpec(String store, String topic, StoreSerdes serdes) {

    public JsonObject toJson() {
        return new JsonObject()
                .put("store", store)
                .put("topic", topic)
                .put("keySerde", serdes.keyName())
                .put("valueSerde", serdes.valueName());
    }
}
