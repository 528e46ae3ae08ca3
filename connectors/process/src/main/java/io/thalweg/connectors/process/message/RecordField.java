package io.thalweg.connectors.process.message;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A key or a value on its way out of a line: its bytes are known once its type is, which may come after it. */
final class RecordField {

    private byte @Nullable [] bytes;
    private boolean string;
    private @Nullable String type;

    void read(LineJson json) throws IOException {
        if (json.isNull()) {
            bytes = null;
            return;
        }
        string = json.token() == JsonToken.VALUE_STRING;
        bytes = string ? json.stringBytes() : json.jsonText();
    }

    void readType(LineJson json) throws IOException {
        type = json.isNull() ? null : json.text();
    }

    void clear() {
        bytes = null;
        string = false;
        type = null;
    }

    /** Without a type: a string's own bytes, other JSON as its text. */
    byte @Nullable [] bytes() throws MessageException {
        if (bytes == null || type == null) {
            return bytes;
        }
        return switch (type) {
            case "json" -> string ? quoted(bytes) : bytes;
            case "string" -> bytes;
            case "null" -> null;
            case "base64" -> decoded(bytes);
            default ->
                throw new MessageException(
                        "a record's keyType or valueType is not known; allowed: json, string, base64, null");
        };
    }

    private static byte[] quoted(byte[] text) {
        return new JsonLine().string(text).toByteArray();
    }

    private static byte[] decoded(byte[] text) throws MessageException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new MessageException("a record's key or value is not base64, though its type says so");
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
