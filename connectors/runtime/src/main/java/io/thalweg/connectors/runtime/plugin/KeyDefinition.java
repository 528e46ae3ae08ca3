package io.thalweg.connectors.runtime.plugin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One key of a configuration, as a JSON Schema describes it.
 *
 * @param schema the property's own schema
 */
public record KeyDefinition(String name, JsonObject schema, boolean required) {

    private static final int SHOWN_CHARS_MAX = 100;

    /** The properties of an object's schema, in their order. */
    static List<KeyDefinition> all(JsonObject objectSchema) {
        List<KeyDefinition> keys = new ArrayList<>();
        JsonArray required = objectSchema.getJsonArray("required", new JsonArray());
        JsonObject properties = objectSchema.getJsonObject("properties", new JsonObject());
        for (String name : properties.fieldNames()) {
            keys.add(new KeyDefinition(name, properties.getJsonObject(name), required.contains(name)));
        }
        return keys;
    }

    public String type() {
        Object type = schema.getValue("type");
        if (type instanceof JsonArray several) {
            // ["string", "null"]: a text can say the first alone
            return several.stream()
                    .map(String::valueOf)
                    .filter(one -> !one.equals("null"))
                    .findFirst()
                    .orElse("string");
        }
        return type == null ? "string" : type.toString();
    }

    public boolean secret() {
        return schema.getBoolean("x-secret", false);
    }

    @Nullable
    Object defaultValue() {
        return schema.getValue("default");
    }

    /** The value that this text stands for. @throws WrongValue if there is none, or a bound is broken */
    Object typed(String text) throws WrongValue {
        return switch (type()) {
            case "integer" -> bounded(integer(text), text);
            case "number" -> bounded(number(text), text);
            case "boolean" -> flag(text);
            case "array" -> array(text);
            case "object" -> object(text);
            default -> text(text);
        };
    }

    private Number integer(String text) throws WrongValue {
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException notNumber) {
            throw wrong(text);
        }
    }

    private Number number(String text) throws WrongValue {
        try {
            double value = Double.parseDouble(text.strip());
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException notNumber) {
            // told below
        }
        throw wrong(text);
    }

    private Number bounded(Number value, String text) throws WrongValue {
        Number minimum = schema.getNumber("minimum");
        Number maximum = schema.getNumber("maximum");
        if ((minimum != null && value.doubleValue() < minimum.doubleValue())
                || (maximum != null && value.doubleValue() > maximum.doubleValue())) {
            throw wrong(text);
        }
        return value;
    }

    private Boolean flag(String text) throws WrongValue {
        return switch (text.strip()) {
            case "true", "TRUE", "True" -> true;
            case "false", "FALSE", "False" -> false;
            default -> throw wrong(text);
        };
    }

    /** JSON, or words between commas as Kafka Connect writes lists. */
    private JsonArray array(String text) throws WrongValue {
        JsonArray values;
        if (text.stripLeading().startsWith("[")) {
            try {
                values = new JsonArray(text);
            } catch (DecodeException malformed) {
                throw wrong(text);
            }
        } else {
            values = new JsonArray();
            for (String word : text.split(",", -1)) {
                if (!word.isBlank()) {
                    values.add(word.strip());
                }
            }
        }
        Integer least = schema.getInteger("minItems");
        Integer most = schema.getInteger("maxItems");
        if ((least != null && values.size() < least) || (most != null && values.size() > most)) {
            throw wrong(text);
        }
        JsonObject items = schema.getJsonObject("items");
        if (items == null) {
            return values;
        }
        KeyDefinition item = new KeyDefinition(name, items, false);
        JsonArray typed = new JsonArray();
        for (Object value : values) {
            typed.add(value instanceof String word ? item.typed(word) : value);
        }
        return typed;
    }

    private JsonObject object(String text) throws WrongValue {
        try {
            return new JsonObject(text);
        } catch (DecodeException malformed) {
            throw wrong(text);
        }
    }

    private String text(String text) throws WrongValue {
        JsonArray allowed = schema.getJsonArray("enum");
        String pattern = schema.getString("pattern");
        if ((allowed != null && !allowed.contains(text))
                || text.length() < schema.getInteger("minLength", 0)
                || text.length() > schema.getInteger("maxLength", Integer.MAX_VALUE)
                || (pattern != null && !Pattern.compile(pattern).matcher(text).find())) {
            throw wrong(text);
        }
        return text;
    }

    private WrongValue wrong(String text) {
        return new WrongValue(shown(text), allowed());
    }

    /** What a person may read of a value. */
    @Nullable
    String shown(String text) {
        if (secret()) {
            return null;
        }
        return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "...";
    }

    /** What would do, in words. */
    String allowed() {
        JsonArray choices = schema.getJsonArray("enum");
        if (choices != null) {
            return "one of "
                    + String.join(", ", choices.stream().map(String::valueOf).toList());
        }
        StringBuilder words = new StringBuilder(
                switch (type()) {
                    case "integer" -> "a whole number";
                    case "number" -> "a number";
                    case "boolean" -> "true or false";
                    case "array" -> "a list";
                    case "object" -> "a JSON object";
                    default -> "text";
                });
        bound(words, "minimum", " from ");
        bound(words, "maximum", " up to ");
        bound(words, "minLength", " of at least so many characters: ");
        bound(words, "maxLength", " of at most so many characters: ");
        bound(words, "minItems", " of at least so many: ");
        bound(words, "maxItems", " of at most so many: ");
        bound(words, "pattern", " that matches ");
        JsonObject items = schema.getJsonObject("items");
        if (items != null) {
            words.append(" of: ").append(new KeyDefinition(name, items, false).allowed());
        }
        return words.toString();
    }

    private void bound(StringBuilder words, String keyword, String phrase) {
        Object value = schema.getValue(keyword);
        if (value != null) {
            words.append(phrase).append(value);
        }
    }

    /** A text that is no value of its key. */
    static final class WrongValue extends Exception {
        private static final long serialVersionUID = 1;

        private final transient @Nullable String found;
        private final String allowed;

        WrongValue(@Nullable String found, String allowed) {
            super(allowed, null, false, false);
            this.found = found;
            this.allowed = allowed;
        }

        @Nullable
        String found() {
            return found;
        }

        String allowed() {
            return allowed;
        }
    }
}
