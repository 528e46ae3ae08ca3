package io.thalweg.connectors.runtime.plugin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A connector's configuration as it was given: text by text, secrets as references. Equal if all texts are.
 *
 * @param texts in the order in which they were given
 */
public record ConnectorConfig(Map<String, String> texts) {

    /** Stands in an answer for a secret that was given as such, and in a change for "as it is". */
    public static final String HIDDEN = "[hidden]";

    public ConnectorConfig {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /** Numbers and flags become their text, lists and objects JSON; null is left out. */
    public static ConnectorConfig from(JsonObject json) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String key : json.fieldNames()) {
            Object value = json.getValue(key);
            if (value instanceof JsonObject object) {
                texts.put(key, object.encode());
            } else if (value instanceof JsonArray array) {
                texts.put(key, array.encode());
            } else if (value != null) {
                texts.put(key, value.toString());
            }
        }
        return new ConnectorConfig(texts);
    }

    public String name() {
        return texts.getOrDefault(CommonKeys.NAME, "");
    }

    public String connectorClass() {
        return texts.getOrDefault(CommonKeys.CLASS, "");
    }

    public ConnectorConfig with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(texts);
        changed.put(key, value);
        return new ConnectorConfig(changed);
    }

    /** With what {@code change} sets, and without what it sets to null. */
    public ConnectorConfig patched(JsonObject change) {
        Map<String, String> changed = new LinkedHashMap<>(texts);
        for (String key : change.fieldNames()) {
            if (change.getValue(key) == null) {
                changed.remove(key);
            }
        }
        changed.putAll(from(change).texts());
        return new ConnectorConfig(changed);
    }

    public JsonObject toJson() {
        return new JsonObject(new LinkedHashMap<>(texts));
    }

    /** Keys alone: values may be secret. */
    @Override
    public String toString() {
        return "ConnectorConfig" + texts.keySet();
    }
}
