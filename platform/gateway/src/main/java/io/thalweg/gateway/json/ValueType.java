package io.thalweg.gateway.json;

import org.jspecify.annotations.Nullable;

/** How the bytes of a key, a value or a header stand in JSON. */
public enum ValueType {
    JSON("json"),
    STRING("string"),
    BASE64("base64"),
    NULL("null");

    private final String word;

    ValueType(String word) {
        this.word = word;
    }

    /** As {@code valueType} spells it. */
    public String word() {
        return word;
    }

    /** The constant that {@code valueType} spells so, or null. */
    public static @Nullable ValueType ofWord(String word) {
        return switch (word) {
            case "json" -> JSON;
            case "string" -> STRING;
            case "base64" -> BASE64;
            case "null" -> NULL;
            default -> null;
        };
    }

    /** How these bytes are shown; the rule of this package. */
    public static ValueType of(byte @Nullable [] bytes) {
        if (bytes == null) {
            return NULL;
        }
        if (!Utf8.isValid(bytes, 0, bytes.length)) {
            return BASE64;
        }
        return looksLikeJson(bytes) && JsonScanner.isOneValue(bytes) ? JSON : STRING;
    }

    /** Strings and null are left out: they read as {@link #STRING}, quotes and all, so that nothing is ambiguous. */
    private static boolean looksLikeJson(byte[] bytes) {
        if (bytes.length == 0) {
            return false;
        }
        byte first = bytes[0];
        byte last = bytes[bytes.length - 1];
        return switch (first) {
            case '{' -> last == '}';
            case '[' -> last == ']';
            case 't', 'f' -> last == 'e' && bytes.length <= 5;
            default -> (first == '-' || (first >= '0' && first <= '9')) && last >= '0' && last <= '9';
        };
    }
}
