package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.metadata.TopicPlacement;
import io.thalweg.broker.metadata.TopicPlacement.Placed;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.broker.topic.TopicSettings;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries each committed image out on a node of a cluster: opens the replicas that are assigned to it and drops those that are
 * not any more. Confined to the metadata context but for what {@link Topology} offers.
 */
final class ClusterTopology implements Topology, MetadataState.Listener {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterTopology.class);

    private final int self;
    private final Context context;
    private final LogDirectory directory;
    private final TopicSettings settings;
    private final Partitions partitions;
    private final Replicas replicas;
    private final ClusterViews views;
    private final List<TopicListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private volatile Runnable endpointsChanged = () -> {};

    private final Set<LogId> dropping = new HashSet<>();
    private MetadataImage image = MetadataImage.EMPTY;
    /** Whether the image is as new as this start of the node. */
    private boolean registered;

    ClusterTopology(
            int self,
            Context context,
            LogDirectory directory,
            TopicSettings settings,
            Partitions partitions,
            Replicas replicas,
            ClusterViews views) {
        this.self = self;
        this.context = context;
        this.directory = directory;
        this.settings = settings;
        this.partitions = partitions;
        this.replicas = replicas;
        this.views = views;
    }

    @Override
    public ClusterView view() {
        return views.view();
    }

    @Override
    public void advertise(String door, String host, int port) {
        endpoints.put(door, new Endpoint(host, port));
        endpointsChanged.run();
    }

    @Override
    public void addListener(TopicListener listener) {
        listeners.add(listener);
    }

    /** Where this node's doors are reached. */
    Map<String, Endpoint> endpoints() {
        return Map.copyOf(endpoints);
    }

    void onEndpoints(Runnable task) {
        endpointsChanged = task;
    }

    /** The image holds this node's own registration of this start: nothing that it says of this node is of an earlier life. */
    void onRegistered() {
        if (!registered) {
            registered = true;
            image.topics().values().forEach(topic -> carryOut(topic, topic));
            dropLeftovers();
            tellOfLost();
        }
    }

    /** What was moved away while this node was not there. What no metadata knows stays: somebody must look at it. */
    private void dropLeftovers() {
        for (LogId id : directory.stored()) {
            String name = image.topicNames().get(id.topicId());
            if (name != null && partitions.get(new TopicPartition(name, id.partition())) == null) {
                drop(id);
            }
        }
    }

    /** Nothing is made of nothing: the records were on the disk that was here before, and nobody else has them. */
    private void tellOfLost() {
        List<TopicPartition> lost = new ArrayList<>();
        for (TopicView topic : image.topics().values()) {
            for (PartitionView partition : topic.partitions()) {
                if (partition.replicas().contains(self) && image.isLost(topic.id(), partition)) {
                    lost.add(new TopicPartition(topic.name(), partition.index()));
                }
            }
        }
        if (!lost.isEmpty()) {
            LOGGER.atError()
                    .setMessage(
                            "the only replicas of these partitions were on a disk that is not here any more; put it back, or"
                                    + " begin them anew with nothing: thalweg cluster elect --unclean")
                    .addKeyValue("partitions", lost.size())
                    .addKeyValue("first", lost.get(0))
                    .log();
        }
    }

    @Override
    public void onImage(MetadataImage before, MetadataImage after) {
        image = after;
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
        views.onImage(before, after);
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
        List<@Nullable Partition> present = sameTopic ? partitions.of(topic.name()) : List.of();
        if (known != null && !known.configs().equals(topic.configs())) {
            present.stream()
                    .filter(Objects::nonNull)
                    .forEach(partition -> partition.configure(config, minInSyncReplicas));
        }
        TopicPlacement placement = image.placement(topic.id());
        List<@Nullable Partition> here = new ArrayList<>(topic.partitions().size());
        for (PartitionView wanted : topic.partitions()) {
            Partition existing = wanted.index() < present.size() ? present.get(wanted.index()) : null;
            Placed placed = placement.partition(wanted.index());
            here.add(
                    isHere(wanted)
                            ? host(topic, wanted, placed, existing, config, minInSyncReplicas)
                            : release(topic, wanted, existing));
        }
        partitions.put(topic.name(), topic.id(), here);
    }

    private boolean isHere(PartitionView wanted) {
        return wanted.replicas().contains(self) || wanted.target().contains(self);
    }

    private @Nullable Partition host(
            TopicView topic,
            PartitionView wanted,
            Placed placed,
            @Nullable Partition existing,
            LogConfig config,
            int minInSyncReplicas) {
        LogId id = new LogId(topic.id(), wanted.index());
        if (dropping.contains(id)) {
            return null;
        }
        Partition partition = existing != null
                ? existing
                : new Partition(
                        new TopicPartition(topic.name(), wanted.index()),
                        topic.id(),
                        directory.log(id, config),
                        wanted.leaderEpoch(),
                        config,
                        minInSyncReplicas,
                        !placed.replicated());
        if (placed.replicated()) {
            Set<Integer> others = new LinkedHashSet<>(wanted.replicas());
            others.addAll(wanted.target());
            others.remove(self);
            int place = wanted.replicas().indexOf(self);
            replicas.open(
                    new Replicas.Opening(
                            id,
                            partition,
                            placed.firstVoters(),
                            wanted.replicas(),
                            others,
                            placed.beganIn(self, generation()),
                            place < 0 ? wanted.replicas().size() : place,
                            wanted.leaderEpoch(),
                            placed.uncleanEpoch()),
                    registered);
        } else if (registered && placed.beganIn(self, generation())) {
            // What this node alone holds may be somewhere else since; of that it hears before it is registered.
            partition.lead(wanted.leaderEpoch());
        }
        return partition;
    }

    /** The partition is not here any more. */
    private @Nullable Partition release(TopicView topic, PartitionView wanted, @Nullable Partition existing) {
        if (existing == null || !registered) {
            return existing;
        }
        existing.resign("moved away");
        drop(new LogId(topic.id(), wanted.index()));
        return null;
    }

    /** Should it be wanted here again meanwhile, it begins when everything of it is gone. */
    private void drop(LogId id) {
        if (dropping.add(id)) {
            replicas.drop(id)
                    .onComplete(gone -> context.runOnContext(nothing -> {
                        dropping.remove(id);
                        String name = image.topicNames().get(id.topicId());
                        TopicView topic = name == null ? null : image.topics().get(name);
                        if (topic != null) {
                            carryOut(topic, topic);
                        }
                    }));
        }
    }

    private int generation() {
        BrokerRecord own = image.brokers().get(self);
        return own == null ? -1 : own.directoryGeneration();
    }
}
