package io.thalweg.streams.store;

import io.thalweg.streams.topology.StoreKind;
import io.thalweg.streams.topology.StoreSpec;
import io.vertx.core.json.JsonObject;

/**
 * A row of a store, to look at.
 *
 * @param startMillis of its window, session or validity; -1 in a key-value store
 * @param endMillis of its session; -1 elsewhere
 * @param timestampMillis of the value; -1 in a session store
 */
public record StoreRow(byte[] key, long startMillis, long endMillis, byte[] value, long timestampMillis) {

    /** {@code {"key", "start", "end", "value", "timestamp"}} as far as the kind of store has them. */
    public JsonObject toJson(StoreSpec spec) {
        JsonObject json = new JsonObject().put("key", spec.serdes().keyAsJson(key));
        if (startMillis >= 0) {
            json.put("start", startMillis);
        }
        if (spec.kind() == StoreKind.SESSION) {
            json.put("end", endMillis);
        }
        json.put("value", spec.serdes().valueAsJson(value));
        if (timestampMillis >= 0) {
            json.put("timestamp", timestampMillis);
        }
        return json;
    }
}
