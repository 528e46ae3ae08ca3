package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.cluster.Leaderships.Leadership;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.TopicPlacement;
import io.thalweg.environment.Clock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what the metadata says and who leads. A change of the metadata shows at once, a change of leaders almost so, since
 * clients stand still that look for the new one; more of them that come soon after it are shown together. Built on the metadata
 * context; read from any thread.
 */
final class ClusterViews {

    private static final int COALESCE_MILLIS = 20;
    private static final int SOON_MILLIS = 1;

    private final int self;
    private final Vertx vertx;
    private final Context context;
    private final Clock clock;
    private final IntPredicate alive;
    private final IntSupplier controller;
    private @Nullable Leaderships leaderships;

    private final Set<Uuid> dirty = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean allDirty = new AtomicBoolean();
    private volatile boolean closed;
    private volatile long refreshedNanos;
    private volatile ClusterView view = new ClusterView(0, "", -1, List.of(), Map.of(), Map.of());

    // Confined to the context.
    private MetadataImage image = MetadataImage.EMPTY;
    private Map<String, TopicView> topics = new HashMap<>();
    private long version;

    /**
     * @param alive whether a broker can be reached, as far as is known
     * @param controller its id, or -1
     */
    ClusterViews(int self, Vertx vertx, Context context, Clock clock, IntPredicate alive, IntSupplier controller) {
        this.self = self;
        this.vertx = vertx;
        this.context = context;
        this.clock = clock;
        this.refreshedNanos = clock.monotonicNanos();
        this.alive = alive;
        this.controller = controller;
    }

    void leaderships(Leaderships known) {
        leaderships = known;
    }

    ClusterView view() {
        return view;
    }

    /** Some partition of a topic has another leader, or other replicas in sync. From any thread. */
    void onTopic(Uuid topicId) {
        dirty.add(topicId);
        schedule();
    }

    /** Somebody came, went, or is the controller now. From any thread. */
    void onBrokers() {
        allDirty.set(true);
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            long agoMillis = TimeUnit.NANOSECONDS.toMillis(clock.monotonicNanos() - refreshedNanos);
            vertx.setTimer(Math.max(SOON_MILLIS, COALESCE_MILLIS - agoMillis), fired -> {
                if (!closed) {
                    context.runOnContext(nothing -> {
                        scheduled.set(false);
                        refresh();
                    });
                }
            });
        }
    }

    /** The view stands still from now on. */
    void close() {
        closed = true;
    }

    @SuppressWarnings("ModifyCollectionInEnhancedForLoop") // A concurrent set.
    private void refresh() {
        refreshedNanos = clock.monotonicNanos();
        boolean all = allDirty.getAndSet(false);
        Map<String, TopicView> changed = new HashMap<>(topics);
        if (all) {
            dirty.clear();
            image.topics().values().forEach(topic -> changed.put(topic.name(), built(topic)));
        } else {
            for (Uuid id : dirty) {
                dirty.remove(id);
                String name = image.topicNames().get(id);
                TopicView topic = name == null ? null : image.topics().get(name);
                if (topic != null) {
                    changed.put(topic.name(), built(topic));
                }
            }
        }
        publish(changed);
    }

    @SuppressWarnings("ReferenceEquality") // what nobody touched is the same object
    void onImage(MetadataImage before, MetadataImage after) {
        image = after;
        // A broker with another disk has lost what it alone held.
        boolean sameBrokers = before.brokers() == after.brokers();
        Map<String, TopicView> changed = new HashMap<>(2 * after.topics().size());
        for (TopicView topic : after.topics().values()) {
            TopicView known = topics.get(topic.name());
            changed.put(
                    topic.name(),
                    known != null && sameBrokers && before.topics().get(topic.name()) == topic ? known : built(topic));
        }
        publish(changed);
    }

    private void publish(Map<String, TopicView> changed) {
        topics = changed;
        List<BrokerNode> brokers = new ArrayList<>();
        for (BrokerRecord broker : image.brokers().values()) {
            brokers.add(new BrokerNode(
                    broker.brokerId(),
                    broker.rack(),
                    broker.endpoints(),
                    isAlive(broker.brokerId()),
                    broker.draining()));
        }
        brokers.sort(Comparator.comparingInt(BrokerNode::id));
        String clusterId = image.clusterId();
        view = new ClusterView(
                ++version,
                clusterId == null ? "" : clusterId,
                controller.getAsInt(),
                List.copyOf(brokers),
                changed,
                image.topicNames());
    }

    private TopicView built(TopicView topic) {
        TopicPlacement placement = image.placement(topic.id());
        List<PartitionView> partitions = new ArrayList<>(topic.partitions().size());
        for (PartitionView partition : topic.partitions()) {
            partitions.add(
                    placement.partition(partition.index()).replicated()
                            ? replicated(topic.id(), partition)
                            : alone(topic.id(), partition));
        }
        return new TopicView(topic.name(), topic.id(), topic.internal(), List.copyOf(partitions), topic.configs());
    }

    private PartitionView alone(Uuid topicId, PartitionView partition) {
        int holder = partition.replicas().get(0);
        return new PartitionView(
                partition.index(),
                isAlive(holder) && !image.isLost(topicId, partition) ? holder : -1,
                partition.leaderEpoch(),
                partition.replicas(),
                partition.replicas(),
                partition.target());
    }

    private PartitionView replicated(Uuid topicId, PartitionView partition) {
        Leaderships all = leaderships;
        Leadership known = all == null ? null : all.of(PartitionIds.of(topicId, partition.index()));
        if (known == null) {
            return new PartitionView(
                    partition.index(),
                    -1,
                    partition.leaderEpoch(),
                    partition.replicas(),
                    partition.replicas(),
                    partition.target());
        }
        return new PartitionView(
                partition.index(),
                known.leader() >= 0 && isAlive(known.leader()) ? known.leader() : -1,
                known.epoch(),
                partition.replicas(),
                known.inSync().isEmpty() ? partition.replicas() : known.inSync(),
                partition.target());
    }

    private boolean isAlive(int broker) {
        return broker == self || alive.test(broker);
    }
}
