package io.thalweg.connectors.file.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.thalweg.connectors.api.SourceRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The value is one JSON document. It is checked and searched for key and time in one pass, and published as it stands. */
final class JsonFormat implements RecordFormat {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final String topic;
    private final Charset charset;
    private final @Nullable String keyField;
    private final @Nullable TimestampReader timestamp;

    JsonFormat(String topic, Charset charset, @Nullable String keyField, @Nullable TimestampReader timestamp) {
        this.topic = topic;
        this.charset = charset;
        this.keyField = keyField;
        this.timestamp = timestamp;
    }

    @Override
    public SourceRecord record(byte[] bytes, int from, int to) {
        byte[] value = LineFormat.utf8(bytes, from, to, charset);
        try (JsonParser parser = FACTORY.createParser(value)) {
            return read(parser, value);
        } catch (JsonProcessingException e) {
            throw new MalformedRecordException("not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private SourceRecord read(JsonParser parser, byte[] value) throws IOException {
        Fields fields = new Fields();
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_OBJECT) {
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                field(parser, name, fields);
            }
        } else if (first == null) {
            throw new MalformedRecordException("not JSON: nothing there");
        } else {
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            throw new MalformedRecordException("more than one JSON document in a record");
        }
        if (keyField != null && !fields.keyFound) {
            throw new MalformedRecordException("field is missing: key.field=" + keyField);
        }
        if (timestamp != null && fields.timestampMillis < 0) {
            throw new MalformedRecordException("field is missing or null: timestamp.field=" + timestamp.field());
        }
        return new SourceRecord(topic, -1, fields.key, value, List.of(), fields.timestampMillis);
    }

    private void field(JsonParser parser, String name, Fields fields) throws IOException {
        JsonToken token = parser.nextToken();
        boolean isKey = name.equals(keyField);
        boolean isTimestamp = timestamp != null && name.equals(timestamp.field());
        if ((isKey || isTimestamp) && token.isStructStart()) {
            throw new MalformedRecordException("field is an object or array, not text or a number: field=" + name);
        }
        if (isKey) {
            fields.keyFound = true;
            fields.key = token == JsonToken.VALUE_NULL ? null : parser.getText();
        }
        if (isTimestamp && timestamp != null && token != JsonToken.VALUE_NULL) {
            fields.timestampMillis = timestamp.millis(parser.getText());
        }
        parser.skipChildren();
    }

    /** What was found so far. */
    private static final class Fields {
        private boolean keyFound;
        private @Nullable String key;
        private long timestampMillis = -1;
    }
}
