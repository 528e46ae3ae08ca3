package io.thalweg.broker.api;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Topics and configuration. Changes are durable when their future completes, and visible in {@link ClusterView}. */
public interface TopicsApi {

    /**
     * Fails with TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION (names: [a-zA-Z0-9._-]{1,249}, not "." or ".."),
     * INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_REPLICA_ASSIGNMENT, INVALID_CONFIG, POLICY_VIOLATION.
     *
     * @param validateOnly check, change nothing
     */
    Future<TopicView> create(NewTopic topic, boolean validateOnly);

    /**
     * Creates a topic that the platform keeps for itself, such as {@code __consumer_offsets}: clients may read it, but doors
     * let nobody write, delete or grow it. Not for a door to offer. Fails as {@link #create}.
     */
    Future<TopicView> createInternal(NewTopic topic);

    /** The topic, created with the defaults if it is absent and the node allows that; else UNKNOWN_TOPIC_OR_PARTITION. */
    Future<TopicView> getOrAutoCreate(String name);

    /** Fails with UNKNOWN_TOPIC_OR_PARTITION, or INVALID_REQUEST for an internal topic. */
    Future<Void> delete(String name);

    /** Grows a topic to {@code totalCount} partitions; INVALID_PARTITIONS if that is not more than it has. */
    Future<TopicView> createPartitions(String name, int totalCount, boolean validateOnly);

    /** All settings of a resource, defaults included, sorted by name. */
    Future<List<ConfigEntry>> describeConfigs(ConfigResource resource);

    /** Applies changes together or not at all; INVALID_CONFIG names the key, what was found and what is allowed. */
    Future<Void> alterConfigs(ConfigResource resource, List<ConfigChange> changes, boolean validateOnly);

    /**
     * @param partitions -1 for the node's default
     * @param replicationFactor -1 for the node's default
     * @param assignments brokers for each partition, or empty to let the broker place them
     */
    record NewTopic(
            String name,
            int partitions,
            short replicationFactor,
            Map<Integer, List<Integer>> assignments,
            Map<String, String> configs) {
        public static NewTopic named(String name, int partitions) {
            return new NewTopic(name, partitions, (short) -1, Map.of(), Map.of());
        }
    }

    /** @param name the topic's name, or a broker's id, or "" for the default of all brokers */
    record ConfigResource(ConfigResourceType type, String name) {}

    enum ConfigResourceType {
        TOPIC,
        BROKER
    }

    /** What to do with a value (KIP-339). */
    enum ConfigOperation {
        SET,
        DELETE,
        APPEND,
        SUBTRACT
    }

    record ConfigChange(
            String name,
            ConfigOperation operation,
            @Nullable String value) {}

    /** Where a value comes from, nearest first. */
    enum ConfigSource {
        TOPIC,
        BROKER_STATIC,
        DEFAULT
    }

    enum ConfigType {
        BOOLEAN,
        STRING,
        INT,
        LONG,
        DOUBLE,
        LIST
    }

    record ConfigEntry(
            String name,
            @Nullable String value,
            ConfigSource source,
            ConfigType type,
            boolean readOnly,
            boolean sensitive,
            String documentation) {}
}
