package io.thalweg.gateway.json;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes records that were read. */
public final class RecordJsonWriter {
    private RecordJsonWriter() {}

    /**
     * {@code {"partition","offset","timestamp","key","keyType","value","valueType","headers":[{"key","value","valueType"}]}},
     * with {@code "topic"} first where the reader could not know it.
     */
    public static void write(JsonWriter json, ReceivedRecord record, boolean withTopic) {
        json.beginObject();
        if (withTopic) {
            json.field("topic", record.topic());
        }
        write(
                json,
                record.partition(),
                record.offset(),
                record.timestampMillis(),
                record.key(),
                record.value(),
                record.headers());
        json.endObject();
    }

    private static void write(
            JsonWriter json,
            int partition,
            long offset,
            long timestampMillis,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers) {
        json.field("partition", partition).field("offset", offset).field("timestamp", timestampMillis);
        bytes(json, "key", "keyType", key);
        bytes(json, "value", "valueType", value);
        json.name("headers").beginArray();
        for (RecordHeader header : headers) {
            json.beginObject().field("key", header.key());
            bytes(json, "value", "valueType", header.value());
            json.endObject();
        }
        json.endArray();
    }

    private static void bytes(JsonWriter json, String name, String typeName, byte @Nullable [] bytes) {
        json.name(name);
        ValueType type = ValueType.of(bytes);
        if (bytes == null) {
            json.nullValue();
        } else if (type == ValueType.JSON) {
            json.raw(bytes);
        } else if (type == ValueType.STRING) {
            json.utf8(bytes);
        } else {
            json.base64(bytes);
        }
        json.field(typeName, type.word());
    }
}
