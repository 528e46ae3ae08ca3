package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterAdmin;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.Controller.Decision;
import io.thalweg.broker.metadata.LoneCommands;
import io.thalweg.broker.metadata.LonePlacer;
import io.thalweg.broker.metadata.MetadataCommands;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataPartition;
import io.thalweg.broker.metadata.MetadataRecord;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataRecord.ClusterRecord;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.metadata.TopicCommands;
import io.thalweg.broker.metadata.Topology;
import io.thalweg.coordination.group.GroupCoordinator;
import io.thalweg.environment.Environment;
import io.thalweg.log.LogId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a node that stands alone, wired. {@link #open} blocks on disk; {@link #serve} registers the node in the metadata
 * and takes work; {@link #close} is the same in reverse.
 */
final class BrokerNode implements RunningNode {

    private static final Logger LOGGER = LoggerFactory.getLogger(BrokerNode.class);

    private final BrokerConfig config;
    private final NodeParts parts;
    private final Controller controller;
    private final LoneTopology topology;
    private final MetadataImage replayed;
    private final DeletedData deletedData;
    private final GroupCoordinator groups;
    private final BrokerApi api;

    private volatile boolean closing;
    private @Nullable Future<Void> closed;

    /** Opens the directory and replays the metadata. Blocks; releases everything if it fails. */
    static BrokerNode open(Vertx vertx, Context context, Environment environment, BrokerConfig config)
            throws IOException {
        NodeParts parts = NodeParts.open(vertx, environment, config, null, 1);
        try {
            return new BrokerNode(context, parts);
        } catch (IOException | RuntimeException failure) {
            parts.directory.close();
            throw failure;
        }
    }

    private BrokerNode(Context context, NodeParts parts) throws IOException {
        this.parts = parts;
        this.config = parts.config;
        Vertx vertx = parts.vertx;
        MetadataLog metadataLog = new MetadataLog(parts.directory, parts.internalAppends);
        replayed = metadataLog.replay();
        BrokerRecord before = replayed.brokers().get(config.nodeId());
        if (before != null && before.directoryId() != null) {
            throw new IOException("this directory is of a node in a cluster, which others count on: nodeId="
                    + config.nodeId() + " directory=" + config.dataDirectory()
                    + "; start it with --cluster, or use another directory");
        }
        topology = new LoneTopology(config.nodeId(), parts.directory, parts.settings, parts.partitions);
        MetadataState state = new MetadataState(replayed, topology);
        metadataLog.publishTo(state);
        controller = new Controller(vertx, context, state, metadataLog);
        TopicCommands topicCommands = new TopicCommands(
                parts.settings,
                new LonePlacer(config.nodeId()),
                config.defaultPartitions(),
                config.partitionsMax(),
                parts::randomId);
        MetadataCommands commands = new LoneCommands(controller, topicCommands);
        deletedData = new DeletedData(context, parts.directory, parts.writer, parts.storage, commands);
        LocalTopicsApi topics =
                new LocalTopicsApi(vertx, config, topology, commands, parts.settings, parts.brokerSettings);
        groups = new GroupCoordinator(
                parts.environment,
                config.groups(),
                new VertxShardThreads(vertx),
                new LocalCoordinatorLog(
                        vertx, topology, topics, parts.partitions, parts.internalAppends, parts.storage),
                this::leaderOf);
        api = new LocalBrokerApi(
                parts, new ProducerIds(commands), topology, topics, groups, ClusterAdmin.NONE, nothing -> {});
    }

    @Override
    public Future<Void> serve() {
        parts.start();
        topology.addListener(new Topology.TopicListener() {
            @Override
            public void onTopicDeleted(TopicView topic) {
                deletedData.remove(topic);
                groups.onTopicDeleted(topic.name());
            }
        });
        topology.onImage(MetadataImage.EMPTY, replayed);
        warnOfStrangers();
        controller.activate();
        return controller.submit(this::register);
    }

    @Override
    public BrokerApi api() {
        return api;
    }

    @Override
    public BrokerApi routing() {
        return api;
    }

    @Override
    public BrokerConfig config() {
        return config;
    }

    @Override
    public BrokerMetrics metrics() {
        return parts.metrics;
    }

    @Override
    public List<String> notReady() {
        List<String> reasons = new ArrayList<>();
        if (closing) {
            reasons.add("the node is shutting down");
        }
        if (parts.directory.offline()) {
            reasons.add("the log directory is offline after a disk error: mend the disk and restart the node");
        }
        return reasons;
    }

    @Override
    public Future<Void> handOver() {
        return Future.succeededFuture();
    }

    @Override
    public synchronized Future<Void> close() {
        if (closed == null) {
            closing = true;
            groups.close();
            controller.stop();
            parts.refuse();
            closed = parts.close();
        }
        return closed;
    }

    /** Data that no metadata knows is never deleted: somebody must look at it. */
    private void warnOfStrangers() {
        long strangers = parts.directory.stored().stream()
                .map(LogId::topicId)
                .filter(id -> !id.equals(MetadataPartition.ID.topicId())
                        && !replayed.topicNames().containsKey(id)
                        && !replayed.deletedTopics().containsKey(id))
                .count();
        if (strangers > 0) {
            LOGGER.atWarn()
                    .setMessage(
                            "the data directory holds partitions that the metadata does not know; they are left alone")
                    .addKeyValue("partitions", strangers)
                    .addKeyValue("directory", config.dataDirectory())
                    .log();
        }
    }

    private int leaderOf(TopicPartition name) {
        PartitionView partition = topology.view().partition(name);
        return partition == null ? -1 : partition.leader();
    }

    @SuppressWarnings("NullAway") // Void has no value but null.
    private Decision<Void> register(MetadataImage.Draft state) {
        String clusterId = parts.directory.clusterId().toString();
        List<MetadataRecord> records = new ArrayList<>();
        if (state.clusterId() == null) {
            records.add(new ClusterRecord(clusterId));
        } else if (!clusterId.equals(state.clusterId())) {
            throw new IllegalStateException(
                    "metadata belongs to another cluster: directory=" + clusterId + " metadata=" + state.clusterId());
        }
        BrokerRecord before = state.broker(config.nodeId());
        long brokerEpoch = before == null ? 1 : before.brokerEpoch() + 1;
        records.add(new BrokerRecord(config.nodeId(), brokerEpoch, config.rack()));
        return new Decision<>(records, image -> null);
    }
}
