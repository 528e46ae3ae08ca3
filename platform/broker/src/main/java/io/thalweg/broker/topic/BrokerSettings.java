package io.thalweg.broker.topic;

import io.thalweg.broker.api.TopicsApi.ConfigEntry;
import io.thalweg.broker.api.TopicsApi.ConfigSource;
import io.thalweg.broker.api.TopicsApi.ConfigType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node's settings under Kafka's broker-level names, for tools that read them (consoles, Connect, Streams). Read only:
 * they are changed in the node's configuration file.
 */
public final class BrokerSettings {

    private static final Map<String, String> BROKER_NAME_BY_TOPIC_NAME = Map.ofEntries(
            Map.entry("cleanup.policy", "log.cleanup.policy"),
            Map.entry("retention.ms", "log.retention.ms"),
            Map.entry("retention.bytes", "log.retention.bytes"),
            Map.entry("file.delete.delay.ms", "log.segment.delete.delay.ms"),
            Map.entry("segment.bytes", "log.segment.bytes"),
            Map.entry("segment.ms", "log.roll.ms"),
            Map.entry("segment.jitter.ms", "log.roll.jitter.ms"),
            Map.entry("segment.index.bytes", "log.index.size.max.bytes"),
            Map.entry("index.interval.bytes", "log.index.interval.bytes"),
            Map.entry("preallocate", "log.preallocate"),
            Map.entry("flush.messages", "log.flush.interval.messages"),
            Map.entry("flush.ms", "log.flush.interval.ms"),
            Map.entry("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio"),
            Map.entry("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms"),
            Map.entry("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms"),
            Map.entry("delete.retention.ms", "log.cleaner.delete.retention.ms"),
            Map.entry("max.message.bytes", "message.max.bytes"),
            Map.entry("message.timestamp.type", "log.message.timestamp.type"),
            Map.entry("message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms"),
            Map.entry("message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms"),
            Map.entry("compression.type", "compression.type"),
            Map.entry("min.insync.replicas", "min.insync.replicas"),
            Map.entry("unclean.leader.election.enable", "unclean.leader.election.enable"));

    private final List<ConfigEntry> entries;

    public BrokerSettings(
            TopicSettings topicSettings,
            int nodeId,
            @Nullable String rack,
            String dataDirectory,
            boolean autoCreateTopics,
            int defaultPartitions,
            int fetchBytesMax,
            int defaultReplicationFactor) {
        List<ConfigEntry> all = new ArrayList<>();
        for (ConfigEntry setting : topicSettings.describe(Map.of())) {
            String name = BROKER_NAME_BY_TOPIC_NAME.get(setting.name());
            if (name != null) {
                all.add(new ConfigEntry(
                        name, setting.value(), setting.source(), setting.type(), true, false, setting.documentation()));
            }
        }
        String id = Integer.toString(nodeId);
        all.add(own("node.id", id, ConfigType.INT, "The node's id."));
        all.add(own("broker.id", id, ConfigType.INT, "The node's id."));
        all.add(own("broker.rack", rack, ConfigType.STRING, "Where the node stands."));
        all.add(own("log.dirs", dataDirectory, ConfigType.LIST, "The data directory."));
        all.add(own(
                "auto.create.topics.enable",
                Boolean.toString(autoCreateTopics),
                ConfigType.BOOLEAN,
                "Whether a topic is created on first use."));
        all.add(own(
                "num.partitions",
                Integer.toString(defaultPartitions),
                ConfigType.INT,
                "Partitions of a topic that names no number."));
        all.add(own(
                "fetch.max.bytes", Integer.toString(fetchBytesMax), ConfigType.INT, "Largest answer to one fetch."));
        String replicas = Integer.toString(defaultReplicationFactor);
        all.add(fixed(
                "default.replication.factor", replicas, ConfigType.INT, "Replicas of a topic that names no number."));
        all.add(fixed("offsets.topic.replication.factor", replicas, ConfigType.INT, "Replicas of __consumer_offsets."));
        all.add(fixed("delete.topic.enable", "true", ConfigType.BOOLEAN, "Topics can be deleted."));
        all.add(fixed("log.cleaner.enable", "true", ConfigType.BOOLEAN, "Compaction runs."));
        all.add(fixed("auto.leader.rebalance.enable", "true", ConfigType.BOOLEAN, "Leaders rebalance by themselves."));
        all.add(fixed("process.roles", "broker,controller", ConfigType.LIST, "What the node does."));
        all.sort(Comparator.comparing(ConfigEntry::name));
        entries = List.copyOf(all);
    }

    /** Sorted by name. */
    public List<ConfigEntry> describe() {
        return entries;
    }

    private static ConfigEntry own(String name, @Nullable String value, ConfigType type, String documentation) {
        return new ConfigEntry(name, value, ConfigSource.BROKER_STATIC, type, true, false, documentation);
    }

    private static ConfigEntry fixed(String name, String value, ConfigType type, String documentation) {
        return new ConfigEntry(name, value, ConfigSource.DEFAULT, type, true, false, documentation);
    }
}
