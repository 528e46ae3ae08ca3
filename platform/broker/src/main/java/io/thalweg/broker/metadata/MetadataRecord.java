package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.TopicView;
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
     */
    record BrokerRecord(
            int brokerId, long brokerEpoch, @Nullable String rack) implements MetadataRecord {}

    /** Every producer id below {@code nextProducerId} was given away, or may have been. */
    record ProducerIdsRecord(long nextProducerId) implements MetadataRecord {}

    /**
     * A topic.
     *
     * @param deleted its name is free again; the record stays until the data is gone, so that the data goes even if the
     *     node dies in between
     */
    record TopicRecord(TopicView topic, boolean deleted) implements MetadataRecord {}

    /** Nothing is left of a deleted topic: the tombstone of its key. */
    record TopicRemovedRecord(Uuid topicId) implements MetadataRecord {}
}
