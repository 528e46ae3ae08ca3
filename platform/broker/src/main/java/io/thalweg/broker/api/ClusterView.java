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

    /** The broker, or null. */
    public @Nullable BrokerNode broker(int id) {
        for (BrokerNode broker : brokers) {
            if (broker.id() == id) {
                return broker;
            }
        }
        return null;
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

    /**
     * @param endpoints host and port for each door that it opened, by "kafka", "http", "eventBus"
     * @param alive whether this node hears of it now; a view, which decides nothing
     * @param draining whether its replicas and leaderships are being moved away
     */
    public record BrokerNode(
            int id, @Nullable String rack, Map<String, Endpoint> endpoints, boolean alive, boolean draining) {

        /** Of a node that stands alone. */
        public BrokerNode(int id, @Nullable String rack, Map<String, Endpoint> endpoints) {
            this(id, rack, endpoints, true, false);
        }
    }

    public record Endpoint(String host, int port) {}

    /**
     * @param internal kept by the platform itself, such as {@code __consumer_offsets}
     * @param configs only what differs from the defaults
     */
    public record TopicView(
            String name, Uuid id, boolean internal, List<PartitionView> partitions, Map<String, String> configs) {}

    /**
     * @param leader -1 while there is none
     * @param replicas that hold it, or are to: the preferred leader first
     * @param target the replicas that it is being moved to; empty if it is not being moved
     */
    public record PartitionView(
            int index,
            int leader,
            int leaderEpoch,
            List<Integer> replicas,
            List<Integer> inSyncReplicas,
            List<Integer> target) {

        /** Of a partition that is not being moved. */
        public PartitionView(
                int index, int leader, int leaderEpoch, List<Integer> replicas, List<Integer> inSyncReplicas) {
            this(index, leader, leaderEpoch, replicas, inSyncReplicas, List.of());
        }
    }
}
