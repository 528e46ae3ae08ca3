package io.thalweg.launcher.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code thalweg.schema.json} (JSON Schema 2020-12), which describes every key with its type, bounds, unit and default.
 * What is valid is decided by vertx-json-schema; how a problem reads is decided here.
 */
public final class SettingsSchema {

    private static final String RESOURCE = "/io/thalweg/conf/thalweg.schema.json";

    private final JsonObject schema;
    private final List<SettingsKey> keys = new ArrayList<>();
    private final JsonObject defaults;

    SettingsSchema(JsonObject schema) {
        this.schema = schema;
        this.defaults = collect("", schema);
    }

    /** The schema in the jar. */
    public static SettingsSchema load() {
        try (InputStream in = SettingsSchema.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: resource=" + RESOURCE);
            }
            return new SettingsSchema(new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every key at its default. */
    public JsonObject defaults() {
        return defaults.copy();
    }

    List<SettingsKey> keys() {
        return keys;
    }

    /** The key at this dotted path, or the free-form key above it, or null. */
    @Nullable
    SettingsKey keyFor(String path) {
        for (SettingsKey key : keys) {
            if (key.path().equals(path) || (key.freeForm() && path.startsWith(key.path() + "."))) {
                return key;
            }
        }
        return null;
    }

    /**
     * What is wrong with {@code values}, by key; empty if nothing is.
     *
     * @param origin tells where the value of a dotted path came from
     */
    List<SettingsProblem> check(JsonObject values, Function<String, String> origin) {
        Map<String, SettingsProblem> problems = new LinkedHashMap<>();
        unknownKeys("", values, schema, origin, problems);
        Validator validator = Validator.create(
                JsonSchema.of(schema),
                new JsonSchemaOptions()
                        .setBaseUri("https://thalweg.io/")
                        .setDraft(Draft.DRAFT202012)
                        .setOutputFormat(OutputFormat.Basic));
        OutputUnit result = validator.validate(values);
        if (Boolean.FALSE.equals(result.getValid())) {
            addErrors(values, result.getErrors(), origin, problems);
            if (problems.isEmpty()) {
                problems.put("", new SettingsProblem("", origin.apply(""), "invalid settings", String.valueOf(result)));
            }
        }
        return List.copyOf(problems.values());
    }

    private void addErrors(
            JsonObject values,
            @Nullable List<OutputUnit> errors,
            Function<String, String> origin,
            Map<String, SettingsProblem> problems) {
        List<String> paths = new ArrayList<>();
        for (OutputUnit error : errors == null ? List.<OutputUnit>of() : errors) {
            paths.add(dotted(error.getInstanceLocation()));
        }
        for (String path : paths) {
            boolean onlyAbove = paths.stream().anyMatch(other -> isBelow(other, path))
                    || problems.keySet().stream().anyMatch(known -> known.equals(path) || isBelow(known, path));
            if (onlyAbove) {
                continue;
            }
            JsonObject part = partFor(path);
            boolean secret = part.getBoolean("writeOnly", false);
            String found = secret ? Settings.REDACTED : SettingsKey.encode(valueAt(values, path));
            problems.put(path, new SettingsProblem(path, origin.apply(path), found, SettingsKey.allowed(part)));
        }
    }

    private static boolean isBelow(String path, String ancestor) {
        return !path.equals(ancestor) && (ancestor.isEmpty() || path.startsWith(ancestor + "."));
    }

    private static void unknownKeys(
            String path,
            JsonObject values,
            JsonObject schema,
            Function<String, String> origin,
            Map<String, SettingsProblem> problems) {
        JsonObject properties = schema.getJsonObject("properties");
        if (properties == null) {
            return;
        }
        for (String name : values.fieldNames()) {
            String child = path.isEmpty() ? name : path + "." + name;
            JsonObject part = properties.getJsonObject(name);
            if (part == null) {
                String nearest = properties.fieldNames().stream()
                        .min(Comparator.comparingInt(known -> distance(name, known)))
                        .filter(known -> distance(name, known) <= 3)
                        .map(known -> "did you mean \"" + known + "\"? ")
                        .orElse("");
                String allowed = nearest + "the keys here are "
                        + String.join(
                                ", ",
                                properties.fieldNames().stream()
                                        .filter(known -> !known.startsWith("$"))
                                        .toList());
                problems.put(child, new SettingsProblem(child, origin.apply(child), "an unknown key", allowed));
            } else if (values.getValue(name) instanceof JsonObject nested) {
                unknownKeys(child, nested, part, origin, problems);
            } else if (values.getValue(name) instanceof JsonArray array && part.containsKey("items")) {
                for (int i = 0; i < array.size(); i++) {
                    if (array.getValue(i) instanceof JsonObject entry) {
                        unknownKeys(child + "." + i, entry, part.getJsonObject("items"), origin, problems);
                    }
                }
            }
        }
    }

    /** Edit distance, for suggestions. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int next = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + cost);
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[b.length()];
    }

    /** Walks the schema, noting keys in order, and returns the defaults of this part. */
    private JsonObject collect(String path, JsonObject part) {
        JsonObject collected = new JsonObject();
        JsonObject properties = part.getJsonObject("properties");
        for (String name : properties.fieldNames()) {
            if (name.startsWith("$")) {
                continue;
            }
            String child = path.isEmpty() ? name : path + "." + name;
            JsonObject childPart = properties.getJsonObject(name);
            if (childPart.containsKey("properties")) {
                collected.put(name, collect(child, childPart));
            } else {
                keys.add(new SettingsKey(child, childPart));
                collected.put(name, copy(childPart.getValue("default")));
            }
        }
        return collected;
    }

    private static @Nullable Object copy(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return object.copy();
        }
        return value instanceof JsonArray array ? array.copy() : value;
    }

    /** {@code #/log/journalBytes} as {@code log.journalBytes}. */
    private static String dotted(String instanceLocation) {
        String pointer = instanceLocation.startsWith("#") ? instanceLocation.substring(1) : instanceLocation;
        String bare = pointer.startsWith("/") ? pointer.substring(1) : pointer;
        return bare.replace('/', '.').replace("~1", "/").replace("~0", "~");
    }

    private JsonObject partFor(String path) {
        JsonObject part = schema;
        if (path.isEmpty()) {
            return part;
        }
        for (String step : path.split("\\.")) {
            JsonObject properties = part.getJsonObject("properties");
            if (properties != null && properties.containsKey(step)) {
                part = properties.getJsonObject(step);
            } else if (part.getValue("items") instanceof JsonObject items
                    && step.chars().allMatch(Character::isDigit)) {
                part = items;
            } else if (part.getValue("additionalProperties") instanceof JsonObject values) {
                part = values;
            } else {
                return part;
            }
        }
        return part;
    }

    private static @Nullable Object valueAt(JsonObject root, String path) {
        Object node = root;
        if (path.isEmpty()) {
            return node;
        }
        String[] steps = path.split("\\.");
        for (int i = 0; i < steps.length; i++) {
            if (node instanceof JsonObject object) {
                String rest = String.join(".", List.of(steps).subList(i, steps.length));
                if (object.containsKey(rest)) {
                    return object.getValue(rest);
                }
                node = object.getValue(steps[i]);
            } else if (node instanceof JsonArray array) {
                int index = Integer.parseInt(steps[i]);
                node = index < array.size() ? array.getValue(index) : null;
            }
        }
        return node;
    }
}
