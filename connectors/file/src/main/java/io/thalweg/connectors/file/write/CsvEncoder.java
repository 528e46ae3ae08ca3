package io.thalweg.connectors.file.write;

import io.thalweg.connectors.api.SinkRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields of a JSON object as a row of RFC 4180, with LF. An absent field and null are empty; nested ones stand as JSON. */
final class CsvEncoder implements RecordEncoder {

    private final List<String> columns;
    private final boolean header;
    private final char delimiter;

    CsvEncoder(List<String> columns, boolean header, char delimiter) {
        this.columns = columns;
        this.header = header;
        this.delimiter = delimiter;
    }

    @Override
    public void begin(OutputBuffer out) {
        if (header) {
            StringBuilder row = new StringBuilder();
            for (String column : columns) {
                field(row, column);
            }
            end(row, out);
        }
    }

    @Override
    public void encode(SinkRecord record, OutputBuffer out) {
        JsonObject value = object(record.value());
        StringBuilder row = new StringBuilder(128);
        for (String column : columns) {
            Object field = value.getValue(column);
            boolean nested = field instanceof JsonObject || field instanceof JsonArray;
            field(row, field == null ? "" : nested ? Json.encode(field) : field.toString());
        }
        end(row, out);
    }

    private static JsonObject object(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        if (value instanceof byte[] bytes) {
            try {
                if (Json.decodeValue(Buffer.buffer(bytes)) instanceof JsonObject object) {
                    return object;
                }
            } catch (DecodeException e) {
                // Said below.
            }
        }
        throw new UnwritableRecordException("value is not a JSON object, which format=csv needs");
    }

    private void field(StringBuilder row, String text) {
        boolean quote = text.isEmpty() && columns.size() == 1;
        for (int i = 0; i < text.length() && !quote; i++) {
            char c = text.charAt(i);
            quote = c == delimiter || c == '"' || c == '\n' || c == '\r';
        }
        if (quote) {
            row.append('"').append(text.replace("\"", "\"\"")).append('"');
        } else {
            row.append(text);
        }
        row.append(delimiter);
    }

    private static void end(StringBuilder row, OutputBuffer out) {
        row.setCharAt(row.length() - 1, '\n');
        out.write(row.toString().getBytes(StandardCharsets.UTF_8));
    }
}
