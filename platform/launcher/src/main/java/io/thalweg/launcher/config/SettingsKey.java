package io.thalweg.launcher.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One key of the schema that holds a value.
 *
 * @param path dotted, such as {@code log.journalBytes}
 * @param schema its part of the schema; not to be changed
 */
record SettingsKey(String path, JsonObject schema) {

    /** {@code THALWEG_LOG_JOURNAL_BYTES} for {@code log.journalBytes}. */
    String environmentName() {
        return "THALWEG_"
                + path.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
    }

    boolean secret() {
        return schema.getBoolean("writeOnly", false);
    }

    /** Whether names below this key are the user's own. */
    boolean freeForm() {
        return types().contains("object");
    }

    List<String> types() {
        Object type = schema.getValue("type");
        List<String> types = new ArrayList<>();
        if (type instanceof JsonArray several) {
            several.forEach(one -> types.add((String) one));
        } else if (type != null) {
            types.add((String) type);
        }
        return types;
    }

    /**
     * A text from a flag or the environment as the type that this key wants; left a text where it does not fit, so
     * that the check of the schema names it.
     */
    @Nullable
    Object parse(String text) {
        List<String> types = types();
        if (types.contains("null") && (text.isEmpty() || text.equals("null"))) {
            return null;
        }
        try {
            if (types.contains("integer")) {
                return Long.valueOf(text.trim());
            }
            if (types.contains("number")) {
                return Double.valueOf(text.trim());
            }
            if (types.contains("array")) {
                return text.trim().startsWith("[") ? new JsonArray(text) : commaSeparated(text);
            }
            if (types.contains("object")) {
                return new JsonObject(text);
            }
        } catch (RuntimeException notOfThatType) {
            return text;
        }
        if (types.contains("boolean")) {
            return switch (text.trim().toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default -> text;
            };
        }
        return text;
    }

    private static JsonArray commaSeparated(String text) {
        JsonArray array = new JsonArray();
        for (String entry : text.split(",", -1)) {
            if (!entry.isBlank()) {
                array.add(entry.trim());
            }
        }
        return array;
    }

    /** What may stand here, in words: type, bounds, unit and default. */
    static String allowed(JsonObject schema) {
        StringBuilder text = new StringBuilder();
        JsonArray values = schema.getJsonArray("enum");
        if (values != null) {
            text.append("one of ").append(values.encode());
        } else {
            text.append(String.join(" or ", new SettingsKey("", schema).types()));
        }
        bounds(schema, text);
        if (schema.getString("pattern") != null) {
            text.append(" matching ").append(schema.getString("pattern"));
        }
        if (schema.getString("x-unit") != null) {
            text.append(", in ").append(schema.getString("x-unit"));
        }
        if (schema.containsKey("default") && schema.getValue("default") != null) {
            text.append(", default ").append(encode(schema.getValue("default")));
        }
        return text.toString();
    }

    private static void bounds(JsonObject schema, StringBuilder text) {
        Object minimum = schema.getValue("minimum");
        Object maximum = schema.getValue("maximum");
        if (minimum != null) {
            text.append(" from ").append(minimum);
        }
        if (maximum != null) {
            text.append(minimum == null ? " up to " : " to ").append(maximum);
        }
        if (schema.getValue("minLength") != null) {
            text.append(" of at least ").append(schema.getValue("minLength")).append(" character(s)");
        }
    }

    /** As JSON, on one line, cut where it is long. */
    static String encode(@Nullable Object value) {
        String json = new JsonArray().add(value).encode();
        String bare = json.substring(1, json.length() - 1);
        return bare.length() <= 120 ? bare : bare.substring(0, 117) + "...";
    }
}
