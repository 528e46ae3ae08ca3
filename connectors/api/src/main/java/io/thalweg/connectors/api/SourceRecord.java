package io.thalweg.connectors.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to be published. Keys and values are one of: {@code byte[]} (handed over, not copied), String, Boolean, Number,
 * JsonObject, JsonArray or null; the connector's converters turn them into bytes. A {@code byte[]} is what is published:
 * every converter leaves it as it is.
 *
 * @param partition -1 to choose by key as Kafka's clients do
 * @param timestampMillis -1 for now
 */
public record SourceRecord(
        String topic,
        int partition,
        @Nullable Object key,
        @Nullable Object value,
        List<Header> headers,
        long timestampMillis) {

    public static SourceRecord of(String topic, @Nullable Object key, @Nullable Object value) {
        return new SourceRecord(topic, -1, key, value, List.of(), -1);
    }
}
