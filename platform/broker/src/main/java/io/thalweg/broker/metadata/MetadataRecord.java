package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.TopicView;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** One change of the metadata: the whole state of one key after it. {@link MetadataRecordCodec} has the bytes. */
public sealed interface MetadataRecord {

    /** The cluster's identity; written once. */
    record ClusterRecord(String clusterId) implements MetadataRecord {}

    /**
     * A broker, written at each of its starts.
     *
     * @param brokerEpoch grows with each start
     * @param directoryId of its data directory; null of a node that stands alone
     * @param directoryGeneration grows when the broker comes back with another directory: what it held is gone then
     * @param endpoints where each of its doors is reached
     * @param draining whether everything is being moved away from it
     */
    record BrokerRecord(
            int brokerId,
            long brokerEpoch,
            @Nullable String rack,
            @Nullable Uuid directoryId,
            int directoryGeneration,
            Map<String, Endpoint> endpoints,
            boolean draining)
            implements MetadataRecord {

        public BrokerRecord {
            endpoints = Map.copyOf(endpoints);
        }

        /** A node that stands alone. */
        public BrokerRecord(int brokerId, long brokerEpoch, @Nullable String rack) {
            this(brokerId, brokerEpoch, rack, null, 0, Map.of(), false);
        }

        public BrokerRecord reachedAt(Map<String, Endpoint> doors) {
            return new BrokerRecord(brokerId, brokerEpoch, rack, directoryId, directoryGeneration, doors, draining);
        }

        public BrokerRecord draining(boolean away) {
            return new BrokerRecord(brokerId, brokerEpoch, rack, directoryId, directoryGeneration, endpoints, away);
        }
    }

    /** Every producer id below {@code nextProducerId} was given away, or may have been. */
    record ProducerIdsRecord(long nextProducerId) implements MetadataRecord {}

    /**
     * A topic.
     *
     * @param deleted its name is free again; the record stays until the data is gone, so that the data goes even if the
     *     node dies in between
     * @param placement {@link TopicPlacement#NONE} of a topic that was made by a node that stands alone
     */
    record TopicRecord(TopicView topic, boolean deleted, TopicPlacement placement) implements MetadataRecord {

        public TopicRecord(TopicView topic, boolean deleted) {
            this(topic, deleted, TopicPlacement.NONE);
        }
    }

    /** Nothing is left of a deleted topic: the tombstone of its key. */
    record TopicRemovedRecord(Uuid topicId) implements MetadataRecord {}

    /** Whether the controller leaves replicas and leaders where they are, but for what it is told to move. */
    record BalanceRecord(boolean paused) implements MetadataRecord {}
}
