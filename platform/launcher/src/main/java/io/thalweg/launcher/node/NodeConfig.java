package io.thalweg.launcher.node;

import io.thalweg.broker.BrokerConfig;
import io.thalweg.coordination.group.GroupCoordinatorConfig;
import io.thalweg.gateway.eventbus.EventBusGatewayConfig;
import io.thalweg.gateway.http.HttpGatewayConfig;
import io.thalweg.gateway.http.HttpLimits;
import io.thalweg.gateway.kafka.KafkaGatewayConfig;
import io.thalweg.launcher.config.Settings;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.verticle.VerticleConfig;
import io.thalweg.log.Durability;
import io.thalweg.log.LogUpkeep;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node is made of: each module's own configuration, filled from the settings.
 *
 * @param eventLoops at least 1
 * @param cluster null for a node alone
 * @param http null if the door stays closed; as are the next two
 * @param console whether the HTTP door serves the web console
 * @param connectors null without the role
 */
public record NodeConfig(
        int eventLoops,
        @Nullable ClusterConfig cluster,
        BrokerConfig broker,
        @Nullable HttpGatewayConfig http,
        @Nullable KafkaGatewayConfig kafka,
        @Nullable EventBusGatewayConfig eventBus,
        boolean console,
        @Nullable ConnectorsConfig connectors,
        List<VerticleConfig> verticles,
        StreamConfig streams) {

    public NodeConfig {
        verticles = List.copyOf(verticles);
    }

    /** The configuration that checked settings describe; a door's host is not resolved here. Blocks on files that they name. */
    public static NodeConfig from(Settings settings) throws SettingsException {
        int configured = settings.integer("node.eventLoops");
        int eventLoops = configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
        return new NodeConfig(
                eventLoops,
                ClusterConfig.from(settings),
                broker(settings),
                settings.flag("http.enabled") ? http(settings, eventLoops) : null,
                settings.flag("kafka.enabled") ? kafka(settings) : null,
                settings.flag("eventBus.enabled") ? eventBus(settings) : null,
                settings.flag("console.enabled")
                        && settings.strings("node.roles").contains("console"),
                settings.strings("node.roles").contains("connector") ? ConnectorsConfig.from(settings) : null,
                VerticleConfig.all(
                        settings.objects("verticles"),
                        settings.strings("verticleClassPath").stream()
                                .map(Path::of)
                                .toList()),
                StreamConfig.from(settings));
    }

    private static BrokerConfig broker(Settings settings) {
        return BrokerConfig.defaults(Path.of(settings.string("node.dataDirectory")))
                .withNodeId(settings.integer("node.id"))
                .withRack(settings.stringOrNull("node.rack"))
                .withDurability(
                        Durability.valueOf(settings.string("log.durability").toUpperCase(Locale.ROOT)))
                .withJournalBytes(settings.longInteger("log.journalBytes"))
                .withOpenFilesMax(settings.integer("log.openFilesMax"))
                .withTailBytes(settings.longInteger("log.tailBytes"))
                .withMaintenanceIntervalMillis(settings.longInteger("log.maintenanceIntervalMillis"))
                .withInFlightBytesMax(settings.longInteger("broker.inFlightBytesMax"))
                .withGroupBytesMax(settings.integer("broker.groupBytesMax"))
                .withStorageThreads(settings.integer("broker.storageThreads"))
                .withStorageQueueMax(settings.integer("broker.storageQueueMax"))
                .withFetchWaitMillisMax(settings.integer("broker.fetchWaitMillisMax"))
                .withFetchBytesMax(settings.integer("broker.fetchBytesMax"))
                .withFetchWaitersMax(settings.integer("broker.fetchWaitersMax"))
                .withPartitionsMax(settings.integer("broker.partitionsMax"))
                .withAutoCreateTopics(settings.flag("broker.autoCreateTopics"))
                .withDefaultPartitions(settings.integer("broker.defaultPartitions"))
                .withTopicDefaults(settings.texts("topicDefaults"))
                .withUpkeep(new LogUpkeep(
                        settings.longInteger("log.scrubBytesPerSecond"),
                        settings.longInteger("log.scrubIntervalMillis"),
                        settings.longInteger("log.clockStepHoldMillis")))
                .withGroups(groups(settings));
    }

    private static GroupCoordinatorConfig groups(Settings settings) {
        return GroupCoordinatorConfig.defaults()
                .withOffsetsTopicPartitions(settings.integer("groups.offsetsTopicPartitions"))
                .withSessionTimeouts(
                        settings.integer("groups.sessionTimeoutMinMillis"),
                        settings.integer("groups.sessionTimeoutMaxMillis"))
                .withGroupMembersMax(settings.integer("groups.membersMax"))
                .withInitialRebalanceDelayMillis(settings.integer("groups.initialRebalanceDelayMillis"))
                .withOffsetsRetentionMillis(settings.longInteger("groups.offsetsRetentionMillis"));
    }

    private static HttpGatewayConfig http(Settings settings, int eventLoops) {
        return HttpGatewayConfig.defaults()
                .withAddress(settings.string("http.host"), settings.integer("http.port"))
                .withInstances(eventLoops)
                .withAllowedHosts(Set.copyOf(settings.strings("http.allowedHosts")))
                .withAllowedOrigins(Set.copyOf(settings.strings("http.allowedOrigins")))
                .withLimits(new HttpLimits(
                        settings.integer("http.bodyBytesMax"),
                        settings.integer("http.headerBytesMax"),
                        settings.integer("http.urlBytesMax"),
                        settings.integer("http.connectionsMax"),
                        settings.integer("http.connectionsPerAddressMax"),
                        settings.integer("http.firstRequestMillis"),
                        settings.integer("http.bodyMillis"),
                        settings.integer("http.idleMillis"),
                        settings.integer("http.heartbeatMillis"),
                        settings.integer("http.slowReaderMillis"),
                        settings.integer("http.streamBufferBytesMax"),
                        settings.integer("http.streamsMax"),
                        settings.integer("http.publishBytesInFlightMax"),
                        settings.integer("http.readRecordsMax"),
                        settings.integer("http.readBytesMax"),
                        settings.integer("http.readWaitMillisMax"),
                        settings.integer("http.idempotencyKeysMax"),
                        settings.integer("http.idempotencyTtlMillis")));
    }

    private static KafkaGatewayConfig kafka(Settings settings) {
        return new KafkaGatewayConfig(
                settings.string("kafka.host"),
                settings.integer("kafka.port"),
                settings.string("kafka.advertisedHost"),
                settings.integer("kafka.advertisedPort"),
                0,
                settings.integer("kafka.requestBytesMax"),
                settings.longInteger("kafka.requestBytesInFlightMax"),
                settings.integer("kafka.requestsInFlightMax"),
                settings.integer("kafka.outboundBytesMax"),
                settings.integer("kafka.sendBufferBytes"),
                settings.integer("kafka.fetchBytesMax"),
                settings.integer("kafka.connectionsMax"),
                settings.integer("kafka.connectionsPerAddressMax"),
                settings.longInteger("kafka.idleMillis"),
                settings.longInteger("kafka.firstRequestMillis"),
                settings.longInteger("kafka.frameMillis"),
                settings.longInteger("kafka.writeStallMillis"),
                settings.integer("kafka.fetchSessionsMax"),
                settings.longInteger("node.drainMillis"));
    }

    private static EventBusGatewayConfig eventBus(Settings settings) {
        return new EventBusGatewayConfig(
                settings.string("eventBus.host"),
                settings.integer("eventBus.port"),
                settings.integer("eventBus.frameBytesMax"),
                settings.integer("eventBus.connectionsMax"),
                settings.integer("eventBus.connectionsPerAddressMax"),
                settings.integer("eventBus.outboundBytesMax"),
                settings.integer("eventBus.inFlightMax"),
                settings.integer("eventBus.subscriptionsMax"),
                settings.integer("eventBus.creditsMax"),
                settings.integer("eventBus.idleMillis"),
                settings.integer("eventBus.frameMillis"),
                settings.integer("node.drainMillis"));
    }
}
