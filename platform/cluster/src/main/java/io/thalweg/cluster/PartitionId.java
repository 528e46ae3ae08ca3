package io.thalweg.cluster;

import java.util.UUID;

/**
 * A partition, whatever its topic is called: the topic's id and the index.
 *
 * @param partition at least 0
 */
public record PartitionId(UUID topic, int partition) {

    public PartitionId {
        if (partition < 0) {
            throw new IllegalArgumentException("partition=" + partition + "; at least 0");
        }
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
