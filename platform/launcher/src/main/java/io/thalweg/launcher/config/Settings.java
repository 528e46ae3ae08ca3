package io.thalweg.launcher.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checked settings: every key of the schema is there, so a getter that finds none reports a defect. */
public final class Settings {

    static final String REDACTED = "********";

    private final SettingsSchema schema;
    private final JsonObject values;

    Settings(SettingsSchema schema, JsonObject values) {
        this.schema = schema;
        this.values = values.copy();
    }

    public String string(String key) {
        return (String) required(key);
    }

    /** The text, or null where the key allows null and nothing was set. */
    public @Nullable String stringOrNull(String key) {
        return (String) value(key);
    }

    public boolean flag(String key) {
        return (Boolean) required(key);
    }

    public int integer(String key) {
        return Math.toIntExact(((Number) required(key)).longValue());
    }

    public long longInteger(String key) {
        return ((Number) required(key)).longValue();
    }

    public double number(String key) {
        return ((Number) required(key)).doubleValue();
    }

    public List<String> strings(String key) {
        List<String> strings = new ArrayList<>();
        for (Object entry : (JsonArray) required(key)) {
            strings.add((String) entry);
        }
        return List.copyOf(strings);
    }

    /** The entries of a free-form object, values as text, in the order in which they were given. */
    public Map<String, String> texts(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry :
                ((JsonObject) required(key)).getMap().entrySet()) {
            texts.put(entry.getKey(), String.valueOf(entry.getValue()));
        }
        return texts;
    }

    public List<JsonObject> objects(String key) {
        JsonArray array = (JsonArray) required(key);
        List<JsonObject> objects = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            objects.add(array.getJsonObject(i).copy());
        }
        return List.copyOf(objects);
    }

    /** All settings with every secret replaced, fit to be printed. */
    public JsonObject redacted() {
        JsonObject copy = values.copy();
        for (SettingsKey key : schema.keys()) {
            if (key.secret()) {
                redact(copy, key.path());
            }
        }
        return copy;
    }

    private static void redact(JsonObject root, String path) {
        JsonObject parent = root;
        String[] steps = path.split("\\.");
        for (int i = 0; i < steps.length - 1; i++) {
            parent = parent.getJsonObject(steps[i]);
        }
        String leaf = steps[steps.length - 1];
        if (parent.getValue(leaf) != null) {
            parent.put(leaf, REDACTED);
        }
    }

    private Object required(String key) {
        return Objects.requireNonNull(value(key), () -> "no default in the schema: key=" + key);
    }

    private @Nullable Object value(String key) {
        Object node = values;
        for (String step : key.split("\\.")) {
            if (!(node instanceof JsonObject object) || !object.containsKey(step)) {
                throw new IllegalArgumentException("not in the schema: key=" + key);
            }
            node = object.getValue(step);
        }
        return node;
    }
}
