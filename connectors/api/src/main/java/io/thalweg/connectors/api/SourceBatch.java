package io.thalweg.connectors.api;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Records of one source partition, in order, and where the source stands after the last of them.
 *
 * @param partition which part of the source this is (a file, a table), small and stable: the key that {@code offset} is
 *     stored under; Kafka Connect's source partition
 * @param offset position after the last record; Kafka Connect's source offset. Stored, never interpreted, by the runtime.
 *     May move on without records.
 */
public record SourceBatch(JsonObject partition, JsonObject offset, List<SourceRecord> records) {
    public SourceBatch {
        records = List.copyOf(records);
    }

    /** Nothing came and no position moved: nothing is published, nothing is stored. */
    public static SourceBatch none() {
        return new SourceBatch(new JsonObject(), new JsonObject(), List.of());
    }

    /** Whether this is {@link #none}: an empty partition. */
    public boolean isNone() {
        return partition.isEmpty();
    }
}
