package io.thalweg.connectors.file.write;

import io.thalweg.connectors.api.Header;
import io.thalweg.connectors.api.SinkRecord;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The record with all that belongs to it, as a JSON object on one line:
 * {@code {"topic","partition","offset","timestamp","key","headers","value"}}. Bytes that are not UTF-8 stand as
 * {@code {"base64": text}}; a value that is not JSON stands as text.
 */
final class EnvelopeEncoder implements RecordEncoder {

    @Override
    public void encode(SinkRecord record, OutputBuffer out) throws IOException {
        JsonObject head = new JsonObject()
                .put("topic", record.topicPartition().topic())
                .put("partition", record.topicPartition().partition())
                .put("offset", record.offset())
                .put("timestamp", record.timestampMillis())
                .put("key", text(record.key()));
        if (!record.headers().isEmpty()) {
            JsonArray headers = new JsonArray();
            for (Header header : record.headers()) {
                headers.add(new JsonObject().put("key", header.key()).put("value", text(header.value())));
            }
            head.put("headers", headers);
        }
        byte[] encoded = head.encode().getBytes(StandardCharsets.UTF_8);
        out.write(encoded, 0, encoded.length - 1);
        out.write(",\"value\":".getBytes(StandardCharsets.UTF_8));
        int from = out.length();
        try {
            JsonLineEncoder.json(record.value(), out);
        } catch (UnwritableRecordException notJson) {
            out.cutTo(from);
            out.write(Json.encode(text(record.value())).getBytes(StandardCharsets.UTF_8));
        }
        out.write('}');
        out.write('\n');
    }

    private static @Nullable Object text(@Nullable Object value) {
        if (!(value instanceof byte[] bytes)) {
            return value;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return new JsonObject().put("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
