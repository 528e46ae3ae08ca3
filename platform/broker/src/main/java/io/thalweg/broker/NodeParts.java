package io.thalweg.broker;

import io.thalweg.broker.fetch.FetchHandler;
import io.thalweg.broker.partition.InternalAppends;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.broker.storage.InFlightBytes;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.broker.storage.Maintenance;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.broker.topic.BrokerSettings;
import io.thalweg.broker.topic.TopicSettings;
import io.thalweg.environment.Environment;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogDirectoryConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every node has, whoever else there is: its disk, the threads between it and Vert.x, and the fetches. */
final class NodeParts {

    private static final Logger LOGGER = LoggerFactory.getLogger(NodeParts.class);

    final Vertx vertx;
    final Environment environment;
    final BrokerConfig config;
    final TopicSettings settings;
    final BrokerSettings brokerSettings;
    final LogDirectory directory;
    final InFlightBytes inFlight;
    final BrokerMetrics metrics;
    final LogWriter writer;
    final StoragePool storage;
    final Maintenance maintenance;
    final Partitions partitions = new Partitions();
    final InternalAppends internalAppends;
    final FetchHandler fetches;

    /**
     * Opens the directory. Blocks.
     *
     * @param clusterId that it must belong to, or is to; null for any, or a new one
     * @param defaultReplicationFactor that tools are told
     */
    static NodeParts open(
            Vertx vertx,
            Environment environment,
            BrokerConfig config,
            @Nullable Uuid clusterId,
            int defaultReplicationFactor)
            throws IOException {
        // Before the directory: a wrong setting must not touch the disk.
        TopicSettings settings = new TopicSettings(config.topicDefaults());
        LogDirectoryConfig logs = LogDirectoryConfig.defaults()
                .withDurability(config.durability())
                .withBounds(config.journalBytes(), config.openFilesMax(), config.tailBytes())
                .withUpkeep(config.upkeep())
                .withOwner(clusterId, config.nodeId());
        LogDirectory directory = LogDirectory.open(environment, config.dataDirectory(), logs);
        try {
            return new NodeParts(vertx, environment, config, settings, directory, defaultReplicationFactor);
        } catch (RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    private NodeParts(
            Vertx vertx,
            Environment environment,
            BrokerConfig config,
            TopicSettings settings,
            LogDirectory directory,
            int defaultReplicationFactor) {
        this.vertx = vertx;
        this.environment = environment;
        this.config = config;
        this.settings = settings;
        this.directory = directory;
        inFlight = new InFlightBytes(config.inFlightBytesMax());
        metrics = new BrokerMetrics(inFlight::current);
        writer = new LogWriter(directory, environment.clock(), config.groupBytesMax(), metrics.writerObserver());
        internalAppends = new InternalAppends(vertx, environment.clock(), writer);
        storage = new StoragePool(vertx, config.storageThreads(), config.storageQueueMax());
        maintenance = new Maintenance(vertx, environment.timers(), config.maintenanceIntervalMillis(), directory);
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
        brokerSettings = new BrokerSettings(
                settings,
                config.nodeId(),
                config.rack(),
                config.dataDirectory().toString(),
                config.autoCreateTopics(),
                config.defaultPartitions(),
                config.fetchBytesMax(),
                defaultReplicationFactor);
    }

    void start() {
        directory.onFlushWanted(maintenance::flushWanted);
        writer.start();
        maintenance.start();
    }

    /** No fetch waits any more, and nobody is served. */
    void refuse() {
        fetches.close();
        partitions.forEach(partition -> partition.resign("shutting down"));
    }

    /** Commits what was accepted and closes the files. */
    Future<Void> close() {
        return maintenance.close().eventually(storage::close).eventually(() -> vertx.executeBlocking(this::closeLog));
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
    Uuid randomId() {
        RandomGenerator random = environment.random();
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
