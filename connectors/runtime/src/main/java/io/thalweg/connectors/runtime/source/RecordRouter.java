package io.thalweg.connectors.runtime.source;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.log.record.KeyPartitioner;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Chooses partitions: what the record says, else by key as Kafka's clients do, else a run of records to each partition in
 * turn. The same records after the same stored state go the same ways, which is what a lane goes on by.
 */
final class RecordRouter {

    /** Records without key in a row to one partition: enough for a full batch, few enough to spread. */
    static final int KEYLESS_RUN = 512;

    private final Map<String, Integer> partitionCounts;
    private final Map<String, Long> keyless;

    RecordRouter(Map<String, Integer> partitionCounts, Map<String, Long> keyless) {
        this.partitionCounts = new HashMap<>(partitionCounts);
        this.keyless = new HashMap<>(keyless);
    }

    Map<String, Integer> partitionCounts() {
        return partitionCounts;
    }

    Map<String, Long> keyless() {
        return keyless;
    }

    /** The count that routing goes by; -1 before one was adopted. */
    int partitionCount(String topic) {
        return partitionCounts.getOrDefault(topic, -1);
    }

    void adopt(String topic, int partitionCount) {
        partitionCounts.put(topic, partitionCount);
    }

    /** @throws IllegalArgumentException if the record names a partition that does not exist */
    TopicPartition route(OutgoingRecord record) {
        String topic = record.topic();
        int count = partitionCount(topic);
        if (record.partition() >= 0) {
            if (record.partition() >= count) {
                throw new IllegalArgumentException("no such partition: topic=" + topic + " partition="
                        + record.partition() + " partitionCount=" + count);
            }
            return new TopicPartition(topic, record.partition());
        }
        byte[] key = record.key();
        if (key != null) {
            return new TopicPartition(topic, KeyPartitioner.partition(key, count));
        }
        if (count == 1) {
            return new TopicPartition(topic, 0);
        }
        long sent = keyless.merge(topic, 1L, Long::sum) - 1;
        return new TopicPartition(topic, (int) (sent / KEYLESS_RUN % count));
    }
}
