package io.thalweg.connectors.process.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Walks over one line with jackson-core and takes values out by their place in the buffer. */
final class LineJson implements AutoCloseable {

    /** Largest position: it is stored for each commit. */
    static final int POSITION_BYTES_MAX = 1 << 20;

    /** Names are the children's own: neither interned nor kept for good. */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final byte[] buffer;
    private final int from;
    private final JsonParser parser;

    LineJson(byte[] buffer, int from, int to) throws MessageException {
        this.buffer = buffer;
        this.from = from;
        if (!isUtf8Text(buffer, from, to)) {
            throw MessageException.notAMessage(to - from);
        }
        try {
            this.parser = FACTORY.createParser(buffer, from, to - from);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw MessageException.notAMessage(to - from);
            }
        } catch (IOException e) {
            throw MessageException.notAMessage(to - from);
        }
    }

    /** What begins with a zero byte or a byte-order mark would be read as another encoding, and places would not fit. */
    private static boolean isUtf8Text(byte[] bytes, int from, int to) {
        return to > from && bytes[from] > 0 && (to == from + 1 || bytes[from + 1] != 0);
    }

    /** Whether the bytes are one JSON value from the first to the last. */
    static boolean isValue(byte[] bytes) {
        if (!isUtf8Text(bytes, 0, bytes.length)) {
            return false;
        }
        try (JsonParser value = FACTORY.createParser(bytes)) {
            if (value.nextToken() == null) {
                return false;
            }
            value.skipChildren();
            value.finishToken();
            return value.nextToken() == null;
        } catch (IOException notJson) {
            return false;
        }
    }

    /** The next member's name, with the parser at its value; null at the end of the object. */
    @Nullable
    String nextMember() throws IOException {
        String name = parser.nextFieldName();
        if (name != null) {
            parser.nextToken();
        }
        return name;
    }

    /** The object is closed, and nothing is behind it. */
    void expectEnd() throws IOException {
        if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw new IOException("something behind the object");
        }
    }

    /** Whether an array has another element; the parser is then at it. */
    boolean nextElement() throws IOException {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    JsonToken token() {
        return parser.currentToken();
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    String text() throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new IOException("not a string");
        }
        return parser.getText();
    }

    long integer() throws IOException {
        return parser.getLongValue();
    }

    boolean flag() throws IOException {
        return parser.getBooleanValue();
    }

    /** The value's JSON text, copied. */
    byte[] jsonText() throws IOException {
        int start = from + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        return Arrays.copyOfRange(buffer, start, end());
    }

    /** A string's UTF-8, copied. Without escapes it is taken from the line as it is. */
    byte[] stringBytes() throws IOException {
        int start = from + (int) parser.currentTokenLocation().getByteOffset() + 1;
        parser.finishToken();
        int end = end() - 1;
        for (int i = start; i < end; i++) {
            if (buffer[i] == '\\') {
                return parser.getText().getBytes(StandardCharsets.UTF_8);
            }
        }
        return Arrays.copyOfRange(buffer, start, end);
    }

    private int end() {
        return from + (int) parser.currentLocation().getByteOffset();
    }

    /** Any JSON as Vert.x has it: JsonObject, JsonArray, String, Number, Boolean or null. */
    @Nullable
    Object value() throws IOException, MessageException {
        byte[] json = jsonText();
        if (json.length > POSITION_BYTES_MAX) {
            throw new MessageException(
                    "a position or a schema is too large: bytes=" + json.length + " allowed=" + POSITION_BYTES_MAX);
        }
        return Json.decodeValue(new String(json, StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
