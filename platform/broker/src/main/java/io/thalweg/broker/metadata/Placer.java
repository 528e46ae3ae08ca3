package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.PartitionView;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** Where the replicas of new partitions go. */
public interface Placer {

    /**
     * Replicas for each of {@code count} new partitions of a topic, from index {@code from} on, the preferred leader first. Fails with INVALID_REPLICATION_FACTOR if
     * there are too few brokers.
     *
     * @param replicationFactor {@link TopicPlacement#AUTO} for what the cluster can give
     */
    List<List<Integer>> place(MetadataImage.Draft state, Uuid topicId, int from, int count, int replicationFactor);

    /** The partitions from index {@code from} on. */
    List<PartitionView> partitions(int from, List<List<Integer>> replicas);

    /** What is to be known of them beside where they are. */
    TopicPlacement placement(MetadataImage.Draft state, int replicationFactor, List<List<Integer>> replicas);
}
