package io.thalweg.broker.topic;

import static io.thalweg.broker.topic.SettingDefinition.booleanOf;
import static io.thalweg.broker.topic.SettingDefinition.intOf;
import static io.thalweg.broker.topic.SettingDefinition.listOf;
import static io.thalweg.broker.topic.SettingDefinition.longOf;
import static io.thalweg.broker.topic.SettingDefinition.ratioOf;
import static io.thalweg.broker.topic.SettingDefinition.stringOf;

import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigEntry;
import io.thalweg.broker.api.TopicsApi.ConfigSource;
import io.thalweg.broker.api.TopicsApi.ConfigType;
import io.thalweg.log.LogConfig;
import io.thalweg.log.TimestampType;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.CompressionCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a topic can have: Kafka 4.3's names, defaults and limits. A topic keeps only what differs from the
 * node's defaults, which in turn override Kafka's.
 *
 * <p>Accepted and reported, without effect here: {@code compression.*.level}, {@code flush.*} (the node's durability decides), {@code preallocate}, {@code unclean.leader.election.enable}, throttles.
 */
public final class TopicSettings {

    /** Room for two entries of an index and of a time index. */
    private static final int INDEX_BYTES_LEAST = 24;

    private static final SortedMap<String, SettingDefinition> DEFINITIONS = definitions();

    private final Map<String, String> nodeDefaults;

    /** Fails with INVALID_CONFIG when one of the node's own defaults is not valid. */
    public TopicSettings(Map<String, String> nodeDefaults) {
        SortedMap<String, String> normalized = new TreeMap<>();
        nodeDefaults.forEach(
                (name, value) -> normalized.put(name, definition(name).normalize(value)));
        this.nodeDefaults = normalized;
        checkTogether(Map.of());
    }

    /** The overrides in their normal form. Fails with INVALID_CONFIG on an unknown name or a value out of range. */
    public Map<String, String> validate(Map<String, String> overrides) {
        SortedMap<String, String> normalized = new TreeMap<>();
        overrides.forEach((name, value) -> normalized.put(name, normalize(name, value)));
        checkTogether(normalized);
        return normalized;
    }

    /** The overrides after {@code changes}, applied in order; fails as {@link #validate} does and then changes nothing. */
    public Map<String, String> change(Map<String, String> overrides, List<ConfigChange> changes) {
        SortedMap<String, String> changed = new TreeMap<>(overrides);
        for (ConfigChange change : changes) {
            apply(changed, change);
        }
        return validate(changed);
    }

    /** The effective value of a setting. */
    public String value(String name, Map<String, String> overrides) {
        String override = overrides.get(name);
        if (override != null) {
            return override;
        }
        String nodeDefault = nodeDefaults.get(name);
        return nodeDefault != null ? nodeDefault : definition(name).defaultValue();
    }

    /** All settings with their effective values, sorted by name. */
    public List<ConfigEntry> describe(Map<String, String> overrides) {
        List<ConfigEntry> entries = new ArrayList<>(DEFINITIONS.size());
        for (SettingDefinition definition : DEFINITIONS.values()) {
            String name = definition.name();
            ConfigSource source = overrides.containsKey(name)
                    ? ConfigSource.TOPIC
                    : nodeDefaults.containsKey(name) ? ConfigSource.BROKER_STATIC : ConfigSource.DEFAULT;
            entries.add(new ConfigEntry(
                    name, value(name, overrides), source, definition.type(), false, false, definition.documentation()));
        }
        return entries;
    }

    /** Replicas that {@code acks=all} asks for. */
    public int minInSyncReplicas(Map<String, String> overrides) {
        return intValue(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, overrides);
    }

    /** The settings of the topic's logs. */
    public LogConfig logConfig(Map<String, String> overrides) {
        List<String> policy = listValue(TopicConfig.CLEANUP_POLICY_CONFIG, overrides);
        return LogConfig.defaults()
                .with()
                .segmentBytes(intValue("segment.bytes", overrides))
                .segmentMillis(longValue("segment.ms", overrides))
                .segmentJitterMillis(longValue("segment.jitter.ms", overrides))
                .retentionBytes(Math.max(-1, longValue("retention.bytes", overrides)))
                .retentionMillis(longValue("retention.ms", overrides))
                .maxMessageBytes(intValue("max.message.bytes", overrides))
                .indexIntervalBytes(intValue("index.interval.bytes", overrides))
                .indexBytesMax(Math.max(INDEX_BYTES_LEAST, intValue("segment.index.bytes", overrides)))
                .compact(policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT))
                .delete(policy.contains(TopicConfig.CLEANUP_POLICY_DELETE))
                .minCompactionLagMillis(longValue("min.compaction.lag.ms", overrides))
                .maxCompactionLagMillis(longValue("max.compaction.lag.ms", overrides))
                .deleteRetentionMillis(longValue("delete.retention.ms", overrides))
                .minCleanableDirtyRatio(Double.parseDouble(value("min.cleanable.dirty.ratio", overrides)))
                .timestampType(
                        value("message.timestamp.type", overrides).equals("LogAppendTime")
                                ? TimestampType.LOG_APPEND_TIME
                                : TimestampType.CREATE_TIME)
                .timestampBeforeMaxMillis(longValue("message.timestamp.before.max.ms", overrides))
                .timestampAfterMaxMillis(longValue("message.timestamp.after.max.ms", overrides))
                .compression(codec(value("compression.type", overrides)))
                .fileDeleteDelayMillis(longValue("file.delete.delay.ms", overrides))
                .build();
    }

    private static @Nullable CompressionCodec codec(String name) {
        return switch (name) {
            case "producer" -> null;
            case "uncompressed" -> CompressionCodec.NONE;
            default -> CompressionCodec.valueOf(name.toUpperCase(Locale.ROOT));
        };
    }

    long longValue(String name, Map<String, String> overrides) {
        return Long.parseLong(value(name, overrides));
    }

    int intValue(String name, Map<String, String> overrides) {
        return Integer.parseInt(value(name, overrides));
    }

    List<String> listValue(String name, Map<String, String> overrides) {
        return SettingDefinition.split(value(name, overrides));
    }

    private void apply(SortedMap<String, String> changed, ConfigChange change) {
        SettingDefinition definition = definition(change.name());
        switch (change.operation()) {
            case DELETE -> changed.remove(change.name());
            case SET -> changed.put(change.name(), normalize(change.name(), change.value()));
            case APPEND, SUBTRACT -> {
                if (definition.type() != ConfigType.LIST) {
                    throw invalid("Can't " + change.operation() + " to config " + change.name()
                            + " because its type is not LIST; use SET");
                }
                List<String> items = new ArrayList<>(listValue(change.name(), changed));
                List<String> operand = SettingDefinition.split(required(change.name(), change.value()));
                items.removeAll(operand);
                if (change.operation() == io.thalweg.broker.api.TopicsApi.ConfigOperation.APPEND) {
                    items.addAll(operand);
                }
                changed.put(change.name(), definition.normalize(String.join(",", items)));
            }
        }
    }

    private void checkTogether(Map<String, String> overrides) {
        long minimum = longValue(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, overrides);
        long maximum = longValue(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, overrides);
        if (minimum > maximum) {
            throw invalid("conflict: " + TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG + "=" + minimum + " must not exceed "
                    + TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG + "=" + maximum);
        }
        if (Boolean.parseBoolean(value(TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG, overrides))) {
            throw invalid(
                    TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG + "=true: tiered storage is not supported; leave it");
        }
    }

    private static String normalize(String name, @Nullable String value) {
        return definition(name).normalize(required(name, value));
    }

    private static String required(String name, @Nullable String value) {
        if (value == null) {
            throw invalid(
                    "Null value not supported for topic configs: " + name + "; give a value or delete the setting");
        }
        return value;
    }

    private static SettingDefinition definition(String name) {
        SettingDefinition definition = DEFINITIONS.get(name);
        if (definition == null) {
            throw invalid(
                    "Unknown topic config name: " + (name.length() > 100 ? name.substring(0, 100) + "..." : name));
        }
        return definition;
    }

    private static ThalwegException invalid(String message) {
        return new ThalwegException(ErrorCode.INVALID_CONFIG, message);
    }

    private static SortedMap<String, SettingDefinition> definitions() {
        SortedMap<String, SettingDefinition> byName = new TreeMap<>();
        List<SettingDefinition> all = new ArrayList<>();
        all.addAll(retentionDefinitions());
        all.addAll(segmentDefinitions());
        all.addAll(compactionDefinitions());
        all.addAll(recordDefinitions());
        all.addAll(replicationDefinitions());
        all.forEach(definition -> byName.put(definition.name(), definition));
        return byName;
    }

    private static List<SettingDefinition> retentionDefinitions() {
        long week = 7L * 24 * 3_600_000;
        return List.of(
                listOf("cleanup.policy", "delete", Set.of("delete", "compact"), TopicConfig.CLEANUP_POLICY_DOC),
                longOf("retention.ms", week, -1, TopicConfig.RETENTION_MS_DOC),
                longOf("retention.bytes", -1, Long.MIN_VALUE, TopicConfig.RETENTION_BYTES_DOC),
                longOf("file.delete.delay.ms", 60_000, 0, TopicConfig.FILE_DELETE_DELAY_MS_DOC),
                longOf("local.retention.ms", -2, -2, TopicConfig.LOCAL_LOG_RETENTION_MS_DOC),
                longOf("local.retention.bytes", -2, -2, TopicConfig.LOCAL_LOG_RETENTION_BYTES_DOC),
                booleanOf("remote.storage.enable", false, TopicConfig.REMOTE_LOG_STORAGE_ENABLE_DOC),
                booleanOf("remote.log.copy.disable", false, TopicConfig.REMOTE_LOG_COPY_DISABLE_DOC),
                booleanOf("remote.log.delete.on.disable", false, TopicConfig.REMOTE_LOG_DELETE_ON_DISABLE_DOC));
    }

    private static List<SettingDefinition> segmentDefinitions() {
        return List.of(
                intOf("segment.bytes", 1 << 30, 1 << 20, Integer.MAX_VALUE, TopicConfig.SEGMENT_BYTES_DOC),
                longOf("segment.ms", 7L * 24 * 3_600_000, 1, TopicConfig.SEGMENT_MS_DOC),
                longOf("segment.jitter.ms", 0, 0, TopicConfig.SEGMENT_JITTER_MS_DOC),
                intOf("segment.index.bytes", 10 << 20, 4, Integer.MAX_VALUE, TopicConfig.SEGMENT_INDEX_BYTES_DOC),
                intOf("index.interval.bytes", 4096, 0, Integer.MAX_VALUE, TopicConfig.INDEX_INTERVAL_BYTES_DOC),
                booleanOf("preallocate", false, TopicConfig.PREALLOCATE_DOC),
                longOf("flush.messages", Long.MAX_VALUE, 1, TopicConfig.FLUSH_MESSAGES_INTERVAL_DOC),
                longOf("flush.ms", Long.MAX_VALUE, 0, TopicConfig.FLUSH_MS_DOC));
    }

    private static List<SettingDefinition> compactionDefinitions() {
        return List.of(
                ratioOf("min.cleanable.dirty.ratio", 0.5, TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_DOC),
                longOf("min.compaction.lag.ms", 0, 0, TopicConfig.MIN_COMPACTION_LAG_MS_DOC),
                longOf("max.compaction.lag.ms", Long.MAX_VALUE, 1, TopicConfig.MAX_COMPACTION_LAG_MS_DOC),
                longOf("delete.retention.ms", 24L * 3_600_000, 0, TopicConfig.DELETE_RETENTION_MS_DOC));
    }

    private static List<SettingDefinition> recordDefinitions() {
        return List.of(
                intOf("max.message.bytes", (1 << 20) + 12, 0, Integer.MAX_VALUE, TopicConfig.MAX_MESSAGE_BYTES_DOC),
                stringOf(
                        "message.timestamp.type",
                        "CreateTime",
                        Set.of("CreateTime", "LogAppendTime"),
                        TopicConfig.MESSAGE_TIMESTAMP_TYPE_DOC),
                longOf(
                        "message.timestamp.before.max.ms",
                        Long.MAX_VALUE,
                        0,
                        TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_DOC),
                longOf("message.timestamp.after.max.ms", 3_600_000, 0, TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_DOC),
                stringOf(
                        "compression.type",
                        "producer",
                        Set.of("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"),
                        TopicConfig.COMPRESSION_TYPE_DOC),
                booleanOf("message.downconversion.enable", true, "Has no effect: old message formats are not served."),
                intOf("compression.gzip.level", -1, -1, 9, TopicConfig.COMPRESSION_GZIP_LEVEL_DOC),
                intOf("compression.lz4.level", 9, 1, 17, TopicConfig.COMPRESSION_LZ4_LEVEL_DOC),
                intOf("compression.zstd.level", 3, -131_072, 22, TopicConfig.COMPRESSION_ZSTD_LEVEL_DOC));
    }

    private static List<SettingDefinition> replicationDefinitions() {
        return List.of(
                intOf("min.insync.replicas", 1, 1, Integer.MAX_VALUE, TopicConfig.MIN_IN_SYNC_REPLICAS_DOC),
                booleanOf("unclean.leader.election.enable", false, TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_DOC),
                listOf(
                        "leader.replication.throttled.replicas",
                        "",
                        Set.of(),
                        "Replicas whose leader side is throttled."),
                listOf(
                        "follower.replication.throttled.replicas",
                        "",
                        Set.of(),
                        "Replicas whose follower side is throttled."));
    }
}
