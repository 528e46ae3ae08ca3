package io.thalweg.connectors.process.message;

import io.thalweg.connectors.api.Header;
import io.vertx.core.json.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys, values and headers as JSON: bytes that are JSON as they are, other text as a string, the rest as base64. */
final class RecordText {

    private RecordText() {}

    /** {@code ,"name":value}; and the type behind it where the value alone does not say it. */
    static void member(JsonLine line, String name, String typeName, @Nullable Object value) {
        line.raw(",\"" + name + "\":");
        if (!(value instanceof byte[] bytes)) {
            line.value(value);
            return;
        }
        String type = write(line, bytes);
        if (!type.equals("json")) {
            line.raw(",\"" + typeName + "\":\"" + type + "\"");
        }
    }

    /** The value if it is an object, else an object with it as {@code value}: what Singer's records must be. */
    static void object(JsonLine line, @Nullable Object value) {
        byte[] bytes = value instanceof byte[] raw ? raw : RecordField.utf8(Json.encode(value));
        if (bytes.length > 0 && bytes[0] == '{' && isText(bytes) && LineJson.isValue(bytes)) {
            line.json(bytes);
            return;
        }
        line.raw("{\"value\":");
        if (value == null) {
            line.raw("null");
        } else {
            write(line, bytes);
        }
        line.raw("}");
    }

    static void headers(JsonLine line, List<Header> headers) {
        line.raw(",\"headers\":{");
        String separator = "";
        for (Header header : headers) {
            line.raw(separator).string(header.key()).raw(":");
            byte[] value = header.value();
            if (value == null) {
                line.raw("null");
            } else {
                write(line, value);
            }
            separator = ",";
        }
        line.raw("}");
    }

    private static String write(JsonLine line, byte[] bytes) {
        String text = text(bytes);
        if (text != null && LineJson.isValue(bytes)) {
            line.json(bytes);
            return "json";
        }
        if (text != null) {
            line.string(text);
            return "string";
        }
        line.raw("\"" + Base64.getEncoder().encodeToString(bytes) + "\"");
        return "base64";
    }

    private static boolean isText(byte[] bytes) {
        return text(bytes) != null;
    }

    private static @Nullable String text(byte[] bytes) {
        return isAscii(bytes) ? new String(bytes, StandardCharsets.US_ASCII) : utf8(bytes);
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
