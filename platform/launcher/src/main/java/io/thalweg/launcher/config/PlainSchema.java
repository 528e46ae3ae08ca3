package io.thalweg.launcher.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognises what surely satisfies a schema, by the few keywords that settings need. It is no judge of what does not: a keyword that
 * is not known here, and whatever breaks one, is left to vertx-json-schema, whose making alone costs a tenth of what a start does.
 */
final class PlainSchema {

    private PlainSchema() {}

    /** @return false if the value does not satisfy the schema, or may not */
    static boolean surelySatisfied(JsonObject schema, @Nullable Object value) {
        for (String keyword : schema.fieldNames()) {
            if (!satisfied(keyword, schema, value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean satisfied(String keyword, JsonObject schema, @Nullable Object value) {
        return switch (keyword) {
            case "$schema", "$id", "title", "description", "default", "x-unit", "writeOnly" -> true;
            case "type" -> hasType(schema.getValue(keyword), value);
            case "minimum" -> !(value instanceof Number number) || compare(number, schema.getNumber(keyword)) >= 0;
            case "maximum" -> !(value instanceof Number number) || compare(number, schema.getNumber(keyword)) <= 0;
            case "minLength" ->
                !(value instanceof String text) || text.codePointCount(0, text.length()) >= schema.getInteger(keyword);
            case "pattern" ->
                !(value instanceof String text)
                        || Pattern.compile(schema.getString(keyword))
                                .matcher(text)
                                .find();
            case "enum" ->
                value instanceof String && schema.getJsonArray(keyword).contains(value);
            case "minItems" -> !(value instanceof JsonArray array) || array.size() >= schema.getInteger(keyword);
            case "uniqueItems" ->
                !(value instanceof JsonArray array)
                        || (array.stream().allMatch(String.class::isInstance)
                                && array.stream().distinct().count() == array.size());
            case "items" -> !(value instanceof JsonArray array) || items(schema.getJsonObject(keyword), array);
            case "required" ->
                !(value instanceof JsonObject object)
                        || schema.getJsonArray(keyword).stream()
                                .allMatch(name -> object.containsKey(String.valueOf(name)));
            // Together with the names that it is about.
            case "properties" -> schema.containsKey("additionalProperties");
            case "additionalProperties" -> !(value instanceof JsonObject object) || properties(schema, object);
            default -> false;
        };
    }

    private static boolean hasType(Object type, @Nullable Object value) {
        if (type instanceof JsonArray several) {
            for (Object one : several) {
                if (isOf(String.valueOf(one), value)) {
                    return true;
                }
            }
            return false;
        }
        return isOf(String.valueOf(type), value);
    }

    private static boolean isOf(String type, @Nullable Object value) {
        return switch (type) {
            case "null" -> value == null;
            case "boolean" -> value instanceof Boolean;
            case "string" -> value instanceof String;
            case "integer" -> isInteger(value);
            case "number" -> isInteger(value) || (value instanceof Double number && Double.isFinite(number));
            case "array" -> value instanceof JsonArray;
            case "object" -> value instanceof JsonObject;
            default -> false;
        };
    }

    private static boolean isInteger(@Nullable Object value) {
        return value instanceof Integer || value instanceof Long;
    }

    private static int compare(Number value, Number bound) {
        return isInteger(value) && isInteger(bound)
                ? Long.compare(value.longValue(), bound.longValue())
                : Double.compare(value.doubleValue(), bound.doubleValue());
    }

    private static boolean items(JsonObject schema, JsonArray array) {
        for (int i = 0; i < array.size(); i++) {
            if (!surelySatisfied(schema, array.getValue(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean properties(JsonObject schema, JsonObject object) {
        JsonObject known = schema.getJsonObject("properties", new JsonObject());
        Object others = schema.getValue("additionalProperties");
        for (String name : object.fieldNames()) {
            JsonObject part = known.getJsonObject(name);
            if (part == null && others instanceof JsonObject any) {
                part = any;
            }
            if (part == null || !surelySatisfied(part, object.getValue(name))) {
                return false;
            }
        }
        return true;
    }
}
