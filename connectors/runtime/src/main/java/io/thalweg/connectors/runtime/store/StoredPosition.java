package io.thalweg.connectors.runtime.store;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
     * @param leftOut sequences in front of which a record was left out that the log refused, behind this place; in their
     *     order, one for each such record
     * @param partitionCounts of the topics that records are routed to, as routing is to see them
     * @param keyless how many records without key went to each topic: they choose the partition
     */
    public record ProducerState(
            long producerId,
            Map<TopicPartition, Integer> nextSequences,
            Map<TopicPartition, List<Integer>> leftOut,
            Map<String, Integer> partitionCounts,
            Map<String, Long> keyless) {

        private static final String LEFT_OUT = "leftOut";

        public ProducerState {
            nextSequences = Map.copyOf(nextSequences);
            leftOut = Map.copyOf(leftOut);
            partitionCounts = Map.copyOf(partitionCounts);
            keyless = Map.copyOf(keyless);
        }

        JsonObject toJson() {
            JsonObject json = new JsonObject()
                    .put("producerId", producerId)
                    .put("nextSequences", byTopic(nextSequences))
                    .put("partitionCounts", new JsonObject(new HashMap<>(partitionCounts)))
                    .put("keyless", new JsonObject(new HashMap<>(keyless)));
            if (!leftOut.isEmpty()) {
                Map<TopicPartition, JsonArray> lists = new HashMap<>();
                leftOut.forEach((partition, sequences) -> lists.put(partition, new JsonArray(sequences)));
                json.put(LEFT_OUT, byTopic(lists));
            }
            return json;
        }

        private static JsonObject byTopic(Map<TopicPartition, ?> values) {
            JsonObject topics = new JsonObject();
            values.forEach((partition, value) -> {
                JsonObject byPartition = topics.getJsonObject(partition.topic());
                if (byPartition == null) {
                    byPartition = new JsonObject();
                    topics.put(partition.topic(), byPartition);
                }
                byPartition.put(Integer.toString(partition.partition()), value);
            });
            return topics;
        }

        static ProducerState from(JsonObject json) {
            Map<TopicPartition, Integer> next = new HashMap<>();
            byPartition(json.getJsonObject("nextSequences"))
                    .forEach((partition, value) -> next.put(partition, ((Number) value).intValue()));
            Map<TopicPartition, List<Integer>> without = new HashMap<>();
            byPartition(json.getJsonObject(LEFT_OUT, new JsonObject())).forEach((partition, value) -> {
                List<Integer> sequences = new ArrayList<>();
                ((JsonArray) value).forEach(sequence -> sequences.add(((Number) sequence).intValue()));
                without.put(partition, sequences);
            });
            Map<String, Integer> counts = new HashMap<>();
            JsonObject partitionCounts = json.getJsonObject("partitionCounts");
            partitionCounts.fieldNames().forEach(topic -> counts.put(topic, partitionCounts.getInteger(topic)));
            Map<String, Long> keyless = new HashMap<>();
            JsonObject withoutKey = json.getJsonObject("keyless");
            withoutKey.fieldNames().forEach(topic -> keyless.put(topic, withoutKey.getLong(topic)));
            return new ProducerState(json.getLong("producerId"), next, without, counts, keyless);
        }

        private static Map<TopicPartition, Object> byPartition(JsonObject topics) {
            Map<TopicPartition, Object> values = new HashMap<>();
            for (String topic : topics.fieldNames()) {
                JsonObject byPartition = topics.getJsonObject(topic);
                for (String index : byPartition.fieldNames()) {
                    values.put(new TopicPartition(topic, Integer.parseInt(index)), byPartition.getValue(index));
                }
            }
            return values;
        }
    }

    /** The same place, behind which one more record is left out, in front of this sequence. */
    public StoredPosition without(TopicPartition partition, int sequence) {
        ProducerState state = Objects.requireNonNull(producer, "a place that nothing is gone on from exactly");
        Map<TopicPartition, List<Integer>> leftOut = new HashMap<>(state.leftOut());
        List<Integer> sequences = new ArrayList<>(leftOut.getOrDefault(partition, List.of()));
        sequences.add(sequence);
        leftOut.put(partition, sequences);
        return new StoredPosition(
                offset,
                handled,
                new ProducerState(
                        state.producerId(), state.nextSequences(), leftOut, state.partitionCounts(), state.keyless()));
    }

    /** A place counted with a record that the log does not have after all. */
    public StoredPosition oneLess(TopicPartition partition) {
        ProducerState state = Objects.requireNonNull(producer, "a place that nothing is gone on from exactly");
        Map<TopicPartition, Integer> next = new HashMap<>(state.nextSequences());
        next.computeIfPresent(partition, (counted, sequence) -> (sequence - 1) & Integer.MAX_VALUE);
        return new StoredPosition(
                offset,
                handled,
                new ProducerState(state.producerId(), next, state.leftOut(), state.partitionCounts(), state.keyless()));
    }

    /** For another node. */
    public JsonObject toJson() {
        ProducerState state = producer;
        return new JsonObject()
                .put("offset", offset)
                .put("handled", handled)
                .put("producer", state == null ? null : state.toJson());
    }

    public static StoredPosition from(JsonObject json) {
        JsonObject state = json.getJsonObject("producer");
        return new StoredPosition(
                json.getJsonObject("offset"),
                json.getInteger("handled"),
                state == null ? null : ProducerState.from(state));
    }

    public static StoredPosition of(@Nullable JsonObject offset) {
        return new StoredPosition(offset, 0, null);
    }
}
