package io.thalweg.connectors.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record from the log. Key and value are what the connector's converters made of the bytes, as in {@link SourceRecord}. */
public record SinkRecord(
        TopicPartition topicPartition,
        long offset,
        long timestampMillis,
        @Nullable Object key,
        @Nullable Object value,
        List<Header> headers) {}
