package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.fetch.FetchHandler;
import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.Controller.Decision;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataRecord.ClusterRecord;
import io.thalweg.broker.metadata.TopicCommands;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.storage.InFlightBytes;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.Maintenance;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.broker.topic.BrokerSettings;
import io.thalweg.broker.topic.TopicSettings;
import io.thalweg.coordination.group.GroupCoordinator;
import io.thalweg.environment.Environment;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.LogId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one node, wired. {@link #open} blocks on disk; {@link #serve} registers the node in the metadata and takes
 * work; {@link #close} is the same in reverse.
 */
final class BrokerNode {

    private static final Logger LOGGER = LoggerFactory.getLogger(BrokerNode.class);

    private final Vertx vertx;
    private final BrokerConfig config;
    private final LogDirectory directory;
    private final LogWriter writer;
    private final StoragePool storage;
    private final Maintenance maintenance;
    private final Partitions partitions = new Partitions();
    private final FetchHandler fetches;
    private final Controller controller;
    private final Topology topology;
    private final MetadataImage replayed;
    private final DeletedData deletedData;
    private final GroupCoordinator groups;
    private final BrokerMetrics metrics;
    private final BrokerApi api;

    private volatile boolean closing;
    private @Nullable Future<Void> closed;

    /** Opens the directory and replays the metadata. Blocks; releases everything if it fails. */
    static BrokerNode open(Vertx vertx, Context context, Environment environment, BrokerConfig config)
            throws IOException {
        // Before the directory: a wrong setting must not touch the disk.
        TopicSettings settings = new TopicSettings(config.topicDefaults());
        LogDirectoryConfig logs = LogDirectoryConfig.defaults()
                .withDurability(config.durability())
                .withBounds(config.journalBytes(), config.openFilesMax(), config.tailBytes())
                .withUpkeep(config.upkeep())
                .withOwner(null, config.nodeId());
        LogDirectory directory = LogDirectory.open(environment, config.dataDirectory(), logs);
        try {
            return new BrokerNode(vertx, context, environment, config, settings, directory);
        } catch (IOException | RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    private BrokerNode(
            Vertx vertx,
            Context context,
            Environment environment,
            BrokerConfig config,
            TopicSettings settings,
            LogDirectory directory)
            throws IOException {
        this.vertx = vertx;
        this.config = config;
        this.directory = directory;
        InFlightBytes inFlight = new InFlightBytes(config.inFlightBytesMax());
        metrics = new BrokerMetrics(inFlight::current);
        writer = new LogWriter(directory, environment.clock(), config.groupBytesMax(), metrics.writerObserver());
        InternalAppends internalAppends = new InternalAppends(vertx, environment.clock(), writer);
        MetadataLog metadataLog = new MetadataLog(directory, internalAppends);
        replayed = metadataLog.replay();
        storage = new StoragePool(vertx, config.storageThreads(), config.storageQueueMax());
        maintenance =
                new Maintenance(vertx, environment.timers(), config.maintenanceIntervalMillis(), directory::maintain);
        topology = new Topology(config.nodeId(), directory, settings, partitions);
        controller = new Controller(vertx, context, replayed, metadataLog, topology);
        TopicCommands commands = new TopicCommands(
                settings,
                config.nodeId(),
                config.defaultPartitions(),
                config.partitionsMax(),
                () -> randomId(environment.random()));
        deletedData = new DeletedData(context, directory, writer, storage, controller, commands);
        fetches = new FetchHandler(
                vertx,
                environment.timers(),
                partitions,
                storage,
                new FetchHandler.Limits(
                        config.fetchWaitMillisMax(),
                        config.fetchBytesMax(),
                        config.fetchWaitersMax(),
                        Math.max(config.fetchBytesMax(), config.tailBytes())),
                metrics.fetchObserver());
        metrics.fetchLentBytes(fetches::lentBytes);
        BrokerSettings brokerSettings = new BrokerSettings(
                settings,
                config.nodeId(),
                config.rack(),
                config.dataDirectory().toString(),
                config.autoCreateTopics(),
                config.defaultPartitions(),
                config.fetchBytesMax());
        LocalTopicsApi topics =
                new LocalTopicsApi(vertx, config, topology, controller, commands, settings, brokerSettings);
        groups = new GroupCoordinator(
                environment,
                config.groups(),
                new VertxShardThreads(vertx),
                new LocalCoordinatorLog(vertx, topology, topics, partitions, internalAppends, storage),
                this::leaderOf);
        api = new LocalBrokerApi(
                vertx,
                environment.clock(),
                partitions,
                writer,
                inFlight,
                fetches,
                new OffsetQueries(partitions, directory, storage),
                new ProducerIds(controller),
                topology,
                topics,
                groups,
                metrics);
    }

    /** Begins to work; completes when the node is registered. Called on the controller's context. */
    Future<Void> serve() {
        directory.onMaintenanceWanted(maintenance::wanted);
        writer.start();
        maintenance.start();
        topology.addListener(new Topology.TopicListener() {
            @Override
            public void onTopicDeleted(TopicView topic) {
                deletedData.remove(topic);
                groups.onTopicDeleted(topic.name());
            }
        });
        topology.onImage(MetadataImage.EMPTY, replayed);
        warnOfStrangers();
        return controller.submit(this::register);
    }

    BrokerApi api() {
        return api;
    }

    BrokerConfig config() {
        return config;
    }

    BrokerMetrics metrics() {
        return metrics;
    }

    boolean ready() {
        return !closing && !directory.offline();
    }

    /** Ordered: no new work, waiting fetches answered, what is queued committed, files closed. Idempotent. */
    synchronized Future<Void> close() {
        if (closed == null) {
            closing = true;
            groups.close();
            fetches.close();
            controller.stop();
            partitions.forEach(partition -> partition.resign("shutting down"));
            closed = maintenance
                    .close()
                    .eventually(storage::close)
                    .eventually(() -> vertx.executeBlocking(this::closeLog));
        }
        return closed;
    }

    /** Data that no metadata knows is never deleted: somebody must look at it. */
    private void warnOfStrangers() {
        long strangers = directory.stored().stream()
                .map(LogId::topicId)
                .filter(id -> !id.equals(MetadataLog.ID.topicId())
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
        String clusterId = directory.clusterId().toString();
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

    @SuppressWarnings("NullAway") // Void has no value but null.
    private Void closeLog() throws IOException, InterruptedException {
        writer.close();
        directory.close();
        LOGGER.atInfo()
                .setMessage("broker closed")
                .addKeyValue("nodeId", config.nodeId())
                .log();
        return null;
    }

    /** As Kafka's: not one of the reserved ids, and no dash in front, which command-line tools take for an option. */
    private static Uuid randomId(RandomGenerator random) {
        while (true) {
            Uuid id = new Uuid(
                    (random.nextLong() & ~0xf000L) | 0x4000L,
                    (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | Long.MIN_VALUE);
            if (!id.toString().startsWith("-")) {
                return id;
            }
        }
    }
}
