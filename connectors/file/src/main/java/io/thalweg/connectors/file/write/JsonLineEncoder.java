package io.thalweg.connectors.file.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.thalweg.connectors.api.SinkRecord;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The value as JSON, on one line. */
final class JsonLineEncoder implements RecordEncoder {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    @Override
    public void encode(SinkRecord record, OutputBuffer out) throws IOException {
        json(record.value(), out);
        out.write('\n');
    }

    static void json(@Nullable Object value, OutputBuffer out) throws IOException {
        if (value == null) {
            out.write(NULL);
        } else if (value instanceof byte[] bytes) {
            requireOneDocument(bytes);
            int from = out.length();
            out.write(bytes);
            // A newline within a string is escaped, so these stand between tokens.
            out.blankNewlines(from);
        } else {
            out.write(Json.encode(value).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void requireOneDocument(byte[] bytes) throws IOException {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            JsonToken first = parser.nextToken();
            if (first != null) {
                parser.skipChildren();
                parser.finishToken();
                if (parser.nextToken() == null) {
                    return;
                }
            }
        } catch (JsonProcessingException e) {
            throw new UnwritableRecordException(
                    "value is not JSON, which format=ndjson needs; format=lines writes any text");
        }
        throw new UnwritableRecordException("value is not one JSON document, which format=ndjson needs");
    }
}
