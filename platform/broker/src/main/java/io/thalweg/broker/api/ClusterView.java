package io.thalweg.broker.api;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Brokers, topics and who leads what, as one node knows it at one moment.
 *
 * @param version grows with every change that this node learnt of
 * @param controllerId -1 while there is none
 */
public record ClusterView(
        long version,
        String clusterId,
        int controllerId,
        List<BrokerNode> brokers,
        Map<String, TopicView> topics,
        Map<Uuid, String> topicNames) {

    /** The topic, or null. */
    public @Nullable TopicView topic(String name) {
        return topics.get(name);
    }

    /** The name of the topic with this id, or null. */
    public @Nullable String topicName(Uuid id) {
        return topicNames.get(id);
    }

    /** The partition, or null. */
    public @Nullable PartitionView partition(TopicPartition partition) {
        TopicView topic = topics.get(partition.topic());
        if (topic == null
                || partition.partition() < 0
                || partition.partition() >= topic.partitions().size()) {
            return null;
        }
        return topic.partitions().get(partition.partition());
    }

    /** @param endpoints host and port for each door that it opened, by "kafka", "http", "eventBus" */
    public record BrokerNode(int id, @Nullable String rack, Map<String, Endpoint> endpoints) {}

    public record Endpoint(String host, int port) {}

    /**
     * @param internal kept by the platform itself, such as {@code __consumer_offsets}
     * @param configs only what differs from the defaults
     */
    public record TopicView(
            String name, Uuid id, boolean internal, List<PartitionView> partitions, Map<String, String> configs) {}

    /** @param leader -1 while there is none */
    public record PartitionView(
            int index, int leader, int leaderEpoch, List<Integer> replicas, List<Integer> inSyncReplicas) {}
}
