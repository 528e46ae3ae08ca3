package io.thalweg.connectors.runtime.store;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where a source partition stands, and how the records before that place went into the log.
 *
 * @param offset the source's own; null before the first
 * @param handled how many of the records behind {@code offset} have been dealt with too
 * @param producer null where nothing is to be gone on with exactly
 */
public record StoredPosition(
        @Nullable JsonObject offset, int handled, @Nullable ProducerState producer) {

    /**
     * The producer at this place.
     *
     * @param nextSequences of the next record for each partition that was written to
     * @param partitionCounts of the topics that records are routed to, as routing is to see them
     * @param keyless how many records without key went to each topic: they choose the partition
     */
    public record ProducerState(
            long producerId,
            Map<TopicPartition, Integer> nextSequences,
            Map<String, Integer> partitionCounts,
            Map<String, Long> keyless) {

        public ProducerState {
            nextSequences = Map.copyOf(nextSequences);
            partitionCounts = Map.copyOf(partitionCounts);
            keyless = Map.copyOf(keyless);
        }

        public static ProducerState fresh(long producerId) {
            return new ProducerState(producerId, Map.of(), Map.of(), Map.of());
        }

        JsonObject toJson() {
            JsonObject sequences = new JsonObject();
            nextSequences.forEach((partition, next) -> {
                JsonObject byPartition = sequences.getJsonObject(partition.topic());
                if (byPartition == null) {
                    byPartition = new JsonObject();
                    sequences.put(partition.topic(), byPartition);
                }
                byPartition.put(Integer.toString(partition.partition()), next);
            });
            JsonObject json = new JsonObject().put("producerId", producerId).put("nextSequences", sequences);
            JsonObject counts = new JsonObject();
            partitionCounts.forEach(counts::put);
            JsonObject withoutKey = new JsonObject();
            keyless.forEach(withoutKey::put);
            return json.put("partitionCounts", counts).put("keyless", withoutKey);
        }

        static ProducerState from(JsonObject json) {
            Map<TopicPartition, Integer> next = new HashMap<>();
            JsonObject sequences = json.getJsonObject("nextSequences");
            for (String topic : sequences.fieldNames()) {
                JsonObject byPartition = sequences.getJsonObject(topic);
                for (String index : byPartition.fieldNames()) {
                    next.put(new TopicPartition(topic, Integer.parseInt(index)), byPartition.getInteger(index));
                }
            }
            Map<String, Integer> counts = new HashMap<>();
            JsonObject partitionCounts = json.getJsonObject("partitionCounts");
            partitionCounts.fieldNames().forEach(topic -> counts.put(topic, partitionCounts.getInteger(topic)));
            Map<String, Long> keyless = new HashMap<>();
            JsonObject withoutKey = json.getJsonObject("keyless");
            withoutKey.fieldNames().forEach(topic -> keyless.put(topic, withoutKey.getLong(topic)));
            return new ProducerState(json.getLong("producerId"), next, counts, keyless);
        }
    }

    public static StoredPosition of(@Nullable JsonObject offset) {
        return new StoredPosition(offset, 0, null);
    }
}
