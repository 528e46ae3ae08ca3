package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.MetadataRecord.BalanceRecord;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataRecord.ClusterRecord;
import io.thalweg.broker.metadata.MetadataRecord.ProducerIdsRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRemovedRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The metadata after some committed record. Immutable; {@link #draft()} is the way to the next one.
 *
 * @param version grows with every record that was applied
 * @param clusterId null before the first record
 * @param topics the live ones by name
 * @param topicNames names of the live ones by id
 * @param deletedTopics whose data is still to be removed
 * @param placements by topic id, of topics that a cluster placed
 * @param balancePaused see {@link MetadataRecord.BalanceRecord}
 */
public record MetadataImage(
        long version,
        @Nullable String clusterId,
        Map<Integer, BrokerRecord> brokers,
        Map<String, TopicView> topics,
        Map<Uuid, String> topicNames,
        Map<Uuid, TopicView> deletedTopics,
        Map<Uuid, TopicPlacement> placements,
        long nextProducerId,
        int partitionCount,
        boolean balancePaused) {

    public static final MetadataImage EMPTY =
            new MetadataImage(0, null, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), 0, 0, false);

    public TopicPlacement placement(Uuid topicId) {
        return placements.getOrDefault(topicId, TopicPlacement.NONE);
    }

    /** Whether a partition's only replica was in a directory that its broker has no more. */
    public boolean isLost(Uuid topicId, PartitionView partition) {
        TopicPlacement.Placed placed = placement(topicId).partition(partition.index());
        if (placed.replicated() || partition.replicas().isEmpty()) {
            return false;
        }
        BrokerRecord holder = brokers.get(partition.replicas().get(0));
        return holder != null && !placed.beganIn(holder.brokerId(), holder.directoryGeneration());
    }

    public Draft draft() {
        return new Draft(this);
    }

    /**
     * The image as it will be when all that was applied so far is committed. Confined to its owner. Copies the image's
     * maps only when it writes to them.
     */
    public static final class Draft {
        private final MetadataImage base;
        private long version;
        private @Nullable String clusterId;
        private Map<Integer, BrokerRecord> brokers;
        private Map<String, TopicView> topics;
        private Map<Uuid, String> topicNames;
        private Map<Uuid, TopicView> deletedTopics;
        private Map<Uuid, TopicPlacement> placements;
        private long nextProducerId;
        private int partitionCount;
        private boolean balancePaused;

        private Draft(MetadataImage base) {
            this.base = base;
            version = base.version;
            clusterId = base.clusterId;
            brokers = base.brokers;
            topics = base.topics;
            topicNames = base.topicNames;
            deletedTopics = base.deletedTopics;
            placements = base.placements;
            nextProducerId = base.nextProducerId;
            partitionCount = base.partitionCount;
            balancePaused = base.balancePaused;
        }

        public @Nullable String clusterId() {
            return clusterId;
        }

        public @Nullable BrokerRecord broker(int id) {
            return brokers.get(id);
        }

        public int brokerCount() {
            return brokers.size();
        }

        public Collection<BrokerRecord> brokers() {
            return brokers.values();
        }

        public TopicPlacement placement(Uuid topicId) {
            return placements.getOrDefault(topicId, TopicPlacement.NONE);
        }

        public @Nullable TopicView topic(String name) {
            return topics.get(name);
        }

        /** The live topic with this id, or null. */
        public @Nullable TopicView topic(Uuid id) {
            String name = topicNames.get(id);
            return name == null ? null : topics.get(name);
        }

        public Collection<TopicView> topics() {
            return topics.values();
        }

        public @Nullable TopicView deletedTopic(Uuid id) {
            return deletedTopics.get(id);
        }

        public long nextProducerId() {
            return nextProducerId;
        }

        /** Of all live topics. */
        public int partitionCount() {
            return partitionCount;
        }

        public void apply(MetadataRecord metadata) {
            version++;
            if (metadata instanceof TopicRecord topic) {
                applyTopic(topic);
            } else if (metadata instanceof TopicRemovedRecord removed) {
                ownTopics();
                deletedTopics.remove(removed.topicId());
                placements.remove(removed.topicId());
                String name = topicNames.remove(removed.topicId());
                if (name != null) {
                    forget(topics.remove(name));
                }
            } else if (metadata instanceof BrokerRecord broker) {
                brokers = new HashMap<>(brokers);
                brokers.put(broker.brokerId(), broker);
            } else if (metadata instanceof ClusterRecord cluster) {
                clusterId = cluster.clusterId();
            } else if (metadata instanceof ProducerIdsRecord ids) {
                nextProducerId = ids.nextProducerId();
            } else if (metadata instanceof BalanceRecord balance) {
                balancePaused = balance.paused();
            }
        }

        /** Ends the draft. */
        public MetadataImage build() {
            return new MetadataImage(
                    version,
                    clusterId,
                    brokers,
                    topics,
                    topicNames,
                    deletedTopics,
                    placements,
                    nextProducerId,
                    partitionCount,
                    balancePaused);
        }

        private void applyTopic(TopicRecord metadata) {
            ownTopics();
            TopicView topic = metadata.topic();
            if (!metadata.placement().equals(TopicPlacement.NONE)) {
                placements.put(topic.id(), metadata.placement());
            }
            if (metadata.deleted()) {
                // By id: a topic of the same name may have been created since, and in a compacted log it comes first.
                if (topicNames.remove(topic.id()) != null) {
                    forget(topics.remove(topic.name()));
                }
                deletedTopics.put(topic.id(), topic);
            } else {
                forget(topics.put(topic.name(), topic));
                topicNames.put(topic.id(), topic.name());
                partitionCount += topic.partitions().size();
            }
        }

        private void forget(@Nullable TopicView replaced) {
            if (replaced != null) {
                partitionCount -= replaced.partitions().size();
            }
        }

        private void ownTopics() {
            if (topics == base.topics) {
                topics = new HashMap<>(topics);
                topicNames = new HashMap<>(topicNames);
                deletedTopics = new HashMap<>(deletedTopics);
                placements = new HashMap<>(placements);
            }
        }
    }
}
