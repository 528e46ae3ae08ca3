package io.thalweg.broker;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.topic.TopicSettings;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Carries each committed image out on a node that stands alone: makes, leads, configures and drops partition replicas, and publishes the
 * {@link ClusterView}. {@link #onImage} runs on the controller's context; the rest is safe for any thread.
 */
final class LoneTopology implements Topology, MetadataState.Listener {

    private final int nodeId;
    private final LogDirectory directory;
    private final TopicSettings settings;
    private final Partitions partitions;
    private final List<TopicListener> listeners = new CopyOnWriteArrayList<>();

    // Guarded by this; endpoints of this node by door.
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private MetadataImage image = MetadataImage.EMPTY;
    private long viewVersion;

    private volatile ClusterView view = new ClusterView(0, "", -1, List.of(), Map.of(), Map.of());

    LoneTopology(int nodeId, LogDirectory directory, TopicSettings settings, Partitions partitions) {
        this.nodeId = nodeId;
        this.directory = directory;
        this.settings = settings;
        this.partitions = partitions;
    }

    @Override
    public ClusterView view() {
        return view;
    }

    @Override
    public void addListener(TopicListener listener) {
        listeners.add(listener);
    }

    @Override
    public void advertise(String door, String host, int port) {
        synchronized (this) {
            endpoints.put(door, new Endpoint(host, port));
            publish();
        }
    }

    @Override
    public void onImage(MetadataImage before, MetadataImage after) {
        List<TopicView> changed = new ArrayList<>();
        List<TopicView> deleted = new ArrayList<>();
        for (Map.Entry<Uuid, TopicView> gone : after.deletedTopics().entrySet()) {
            if (!before.deletedTopics().containsKey(gone.getKey())) {
                deleted.add(gone.getValue());
                partitions.remove(gone.getValue().name(), gone.getKey()).stream()
                        .filter(Objects::nonNull)
                        .forEach(Partition::delete);
            }
        }
        for (TopicView topic : after.topics().values()) {
            TopicView known = before.topics().get(topic.name());
            if (!unchanged(known, topic)) {
                carryOut(known, topic);
                changed.add(topic);
            }
        }
        synchronized (this) {
            image = after;
            publish();
        }
        for (TopicListener listener : listeners) {
            deleted.forEach(listener::onTopicDeleted);
            changed.forEach(listener::onTopic);
        }
    }

    /** A topic that nobody touched is the same object in both images; comparing 10,000 partitions would cost too much. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean unchanged(@Nullable TopicView known, TopicView topic) {
        return known == topic;
    }

    private void carryOut(@Nullable TopicView known, TopicView topic) {
        LogConfig config = settings.logConfig(topic.configs());
        int minInSyncReplicas = settings.minInSyncReplicas(topic.configs());
        boolean sameTopic = known != null && known.id().equals(topic.id());
        List<Partition> present = sameTopic ? here(topic.name()) : List.of();
        List<PartitionView> wanted = topic.partitions();
        if (known != null && !known.configs().equals(topic.configs())) {
            present.forEach(partition -> partition.configure(config, minInSyncReplicas));
        }
        if (present.size() < wanted.size()) {
            List<Partition> grown = new ArrayList<>(present);
            for (PartitionView partition : wanted.subList(present.size(), wanted.size())) {
                grown.add(new Partition(
                        new TopicPartition(topic.name(), partition.index()),
                        topic.id(),
                        directory.log(new LogId(topic.id(), partition.index()), config),
                        partition.leaderEpoch(),
                        config,
                        minInSyncReplicas));
            }
            present = grown;
        }
        for (int index = 0; index < present.size(); index++) {
            if (wanted.get(index).leader() == nodeId) {
                present.get(index).lead(wanted.get(index).leaderEpoch());
            }
        }
        // Last, so that nobody finds a partition that does not lead yet.
        partitions.put(topic.name(), topic.id(), present);
    }

    /** A node that stands alone holds every partition. */
    private List<Partition> here(String topic) {
        return partitions.of(topic).stream().filter(Objects::nonNull).toList();
    }

    private void publish() {
        List<BrokerNode> brokers = new ArrayList<>();
        for (BrokerRecord broker : image.brokers().values()) {
            Map<String, Endpoint> doors = broker.brokerId() == nodeId ? Map.copyOf(endpoints) : Map.of();
            brokers.add(new BrokerNode(broker.brokerId(), broker.rack(), doors));
        }
        brokers.sort(Comparator.comparingInt(BrokerNode::id));
        String clusterId = image.clusterId();
        view = new ClusterView(
                ++viewVersion,
                clusterId == null ? "" : clusterId,
                nodeId,
                List.copyOf(brokers),
                image.topics(),
                image.topicNames());
    }
}
