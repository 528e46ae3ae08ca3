package io.thalweg.connectors.runtime.plugin;

import io.thalweg.connectors.api.ConfigProblem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kafka Connect's description of keys and values, made from JSON Schema. */
public final class ConfigInfos {

    private static final String OTHER_GROUP = "Connector";

    private ConfigInfos() {}

    /** Answer of {@code PUT /connector-plugins/{plugin}/config/validate}. */
    public static JsonObject of(String plugin, CheckedConfig checked) {
        JsonArray configs = new JsonArray();
        Set<String> groups = new LinkedHashSet<>();
        Set<String> described = new LinkedHashSet<>();
        int order = 0;
        for (KeyDefinition key : checked.keys()) {
            groups.add(group(key));
            described.add(key.name());
            String text = checked.config().texts().get(key.name());
            configs.add(new JsonObject()
                    .put("definition", definition(key, ++order))
                    .put("value", value(key.name(), shown(key, text), key, checked.problems())));
        }
        for (ConfigProblem problem : checked.problems()) {
            if (described.add(problem.key())) {
                configs.add(new JsonObject()
                        .putNull("definition")
                        .put("value", value(problem.key(), problem.found(), null, checked.problems())));
            }
        }
        return new JsonObject()
                .put("name", plugin)
                .put(
                        "error_count",
                        checked.problems().stream()
                                .map(ConfigProblem::key)
                                .distinct()
                                .count())
                .put("groups", new JsonArray(List.copyOf(groups)))
                .put("configs", configs);
    }

    /** Answer of {@code GET /connector-plugins/{plugin}/config}. */
    public static JsonArray definitions(List<KeyDefinition> keys) {
        JsonArray definitions = new JsonArray();
        int order = 0;
        for (KeyDefinition key : keys) {
            definitions.add(definition(key, ++order));
        }
        return definitions;
    }

    private static @Nullable String shown(KeyDefinition key, @Nullable String text) {
        if (text == null) {
            Object byDefault = key.defaultValue();
            return byDefault == null ? null : asText(byDefault);
        }
        return key.secret() ? ConnectorConfig.HIDDEN : text;
    }

    private static JsonObject definition(KeyDefinition key, int order) {
        JsonObject schema = key.schema();
        Object byDefault = key.defaultValue();
        return new JsonObject()
                .put("name", key.name())
                .put("type", type(key))
                .put("required", key.required())
                .put("default_value", byDefault == null ? null : asText(byDefault))
                .put("importance", schema.getString("x-importance", "medium").toUpperCase(Locale.ROOT))
                .put("documentation", schema.getString("description", ""))
                .put("group", group(key))
                .put("width", "MEDIUM")
                .put("display_name", schema.getString("x-display-name", key.name()))
                .put("dependents", new JsonArray())
                .put("order", schema.getInteger("x-order", order));
    }

    private static JsonObject value(
            String name, @Nullable String text, @Nullable KeyDefinition key, List<ConfigProblem> problems) {
        JsonArray errors = new JsonArray();
        for (ConfigProblem problem : problems) {
            if (problem.key().equals(name)) {
                errors.add("Invalid value"
                        + (problem.found() == null ? "" : " " + problem.found())
                        + " for configuration " + name + ": allowed is " + problem.allowed());
            }
        }
        JsonArray choices = key == null ? null : key.schema().getJsonArray("enum");
        return new JsonObject()
                .put("name", name)
                .put("value", text)
                .put("recommended_values", choices == null ? new JsonArray() : choices)
                .put("errors", errors)
                .put("visible", true);
    }

    private static String group(KeyDefinition key) {
        return key.schema().getString("x-group", OTHER_GROUP);
    }

    private static String type(KeyDefinition key) {
        if (key.secret()) {
            return "PASSWORD";
        }
        return switch (key.type()) {
            case "integer" -> "LONG";
            case "number" -> "DOUBLE";
            case "boolean" -> "BOOLEAN";
            case "array" -> "LIST";
            default -> "STRING";
        };
    }

    private static String asText(Object value) {
        if (value instanceof JsonArray array) {
            return String.join(",", array.stream().map(String::valueOf).toList());
        }
        return value instanceof JsonObject object ? object.encode() : value.toString();
    }
}
