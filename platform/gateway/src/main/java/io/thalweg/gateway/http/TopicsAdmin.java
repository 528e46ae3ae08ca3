package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.PartitionStatus;
import io.thalweg.broker.api.BrokerApi.RepairReport;
import io.thalweg.broker.api.BrokerApi.RepairRequest;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigEntry;
import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.ConfigResource;
import io.thalweg.broker.api.TopicsApi.ConfigResourceType;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.gateway.json.JsonMembers;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Administration of topics as the JSON doors offer it: what comes in is the body of the HTTP route, what goes out its
 * answer. Fails with the broker's codes, or INVALID_REQUEST for a body that is not understood. Stateless.
 */
public final class TopicsAdmin {
    private final BrokerApi broker;

    public TopicsAdmin(BrokerApi broker) {
        this.broker = broker;
    }

    /** @param internal also those that the platform keeps for itself */
    public JsonWriter list(boolean internal) {
        JsonWriter json = new JsonWriter(4096);
        json.beginObject().name("topics").beginArray();
        for (TopicView topic : new TreeMap<>(broker.cluster().topics()).values()) {
            if (internal || !topic.internal()) {
                json.beginObject();
                summary(json, topic);
                json.endObject();
            }
        }
        return json.endArray().endObject();
    }

    /** Completes with the topic as it is, or would be, with {@code dryRun}. */
    public Future<TopicView> create(JsonMembers body, boolean dryRun) {
        return topics().create(newTopic(body), dryRun);
    }

    private static NewTopic newTopic(JsonMembers body) {
        body.allowOnly("name", "partitions", "replicationFactor", "configs");
        Map<String, String> configs = new HashMap<>();
        body.settings("configs").forEach((name, value) -> {
            if (value == null) {
                throw HttpProblem.invalid(
                        "configs." + HttpProblem.shown(name) + " is null; leave it out for the default");
            }
            configs.put(name, value);
        });
        return new NewTopic(
                TopicNames.checked(body.requiredString("name")),
                positive(body, "partitions", Integer.MAX_VALUE, ErrorCode.INVALID_PARTITIONS),
                (short) positive(body, "replicationFactor", Short.MAX_VALUE, ErrorCode.INVALID_REPLICATION_FACTOR),
                Map.of(),
                configs);
    }

    /** -1 for the node's default if absent. */
    private static int positive(JsonMembers body, String name, int max, ErrorCode error) {
        long found = body.integer(name, -1L);
        if (body.has(name) && (found < 1 || found > max)) {
            throw new HttpProblem(400, error, name + "=" + found + " found; 1 to " + max + " expected");
        }
        return (int) found;
    }

    public Future<JsonWriter> describe(String name) {
        TopicView topic = existing(name);
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionView partition : topic.partitions()) {
            partitions.add(new TopicPartition(topic.name(), partition.index()));
        }
        Future<List<PartitionStatus>> logs = broker.describeLogs(partitions);
        Future<List<ConfigEntry>> configs = topics().describeConfigs(resource(topic.name()));
        return Future.all(logs, configs).map(both -> description(topic, logs.result(), configs.result()));
    }

    /** {@code {"partitions", "configs"}}; completes with the topic's summary. */
    public Future<JsonWriter> alter(String name, JsonMembers body, boolean dryRun) {
        TopicView topic = existing(name);
        return alter(topic, body, dryRun).map(changed -> {
            TopicView now = broker.cluster().topic(topic.name());
            return summary(now == null ? topic : now);
        });
    }

    /** Checks both changes before it makes one, since they are two requests to the broker. */
    private Future<Void> alter(TopicView topic, JsonMembers body, boolean dryRun) {
        body.allowOnly("partitions", "configs");
        if (!body.has("partitions") && !body.has("configs")) {
            throw HttpProblem.invalid("nothing to change; give partitions, configs or both");
        }
        int partitions = positive(body, "partitions", Integer.MAX_VALUE, ErrorCode.INVALID_PARTITIONS);
        boolean grow =
                body.has("partitions") && partitions != topic.partitions().size();
        List<ConfigChange> changes = new ArrayList<>();
        body.settings("configs")
                .forEach((name, value) -> changes.add(
                        new ConfigChange(name, value == null ? ConfigOperation.DELETE : ConfigOperation.SET, value)));
        return change(topic, grow, partitions, changes, true)
                .compose(valid -> dryRun ? Future.succeededFuture() : change(topic, grow, partitions, changes, false));
    }

    private Future<Void> change(
            TopicView topic, boolean grow, int partitions, List<ConfigChange> changes, boolean validateOnly) {
        Future<Void> configs = changes.isEmpty()
                ? Future.succeededFuture()
                : topics().alterConfigs(resource(topic.name()), changes, validateOnly);
        return configs.compose(done -> grow
                ? topics().createPartitions(topic.name(), partitions, validateOnly)
                        .mapEmpty()
                : Future.succeededFuture());
    }

    public Future<Void> delete(String name) {
        return topics().delete(existing(name).name());
    }

    /**
     * {@code {"truncateTo"}}; completes with what a damaged partition gives up by it, or would give up if not
     * {@code confirmed}.
     */
    public Future<JsonWriter> repair(String name, int partition, JsonMembers body, boolean confirmed) {
        body.allowOnly("truncateTo");
        TopicView topic = existing(name);
        if (partition >= topic.partitions().size()) {
            throw new HttpProblem(
                    404,
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "there is no such partition: topic=" + topic.name() + " partition=" + partition + " partitionCount="
                            + topic.partitions().size());
        }
        long truncateTo = body.integer("truncateTo", -1L);
        if (truncateTo < 0) {
            throw HttpProblem.invalid("truncateTo is missing or negative; give the first offset to be given up");
        }
        return broker.repair(new RepairRequest(new TopicPartition(topic.name(), partition), truncateTo, confirmed))
                .map(report -> repaired(report, topic.internal()));
    }

    private static JsonWriter repaired(RepairReport report, boolean internal) {
        return new JsonWriter()
                .beginObject()
                .field("topic", report.partition().topic())
                .field("partition", report.partition().partition())
                .field("damage", report.damage())
                .field("logStartOffset", report.logStartOffset())
                .field("logEndOffset", report.logEndOffset())
                .field("truncateTo", report.truncateTo())
                .field("offsetsGivenUp", report.logEndOffset() - report.truncateTo())
                .field("applied", report.applied())
                .field("damageLeft", report.damageLeft())
                // The node keeps what it read of its own topics at its start.
                .field("restartNeeded", report.applied() && internal)
                .endObject();
    }

    /** The topic's name, id and size. */
    public static JsonWriter summary(TopicView topic) {
        JsonWriter json = new JsonWriter().beginObject();
        summary(json, topic);
        return json.endObject();
    }

    private TopicView existing(String name) {
        TopicView topic = broker.cluster().topic(name);
        if (topic == null) {
            throw HttpProblem.unknownTopic(TopicNames.checked(name));
        }
        return topic;
    }

    private TopicsApi topics() {
        return broker.topics();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResourceType.TOPIC, topic);
    }

    private static void summary(JsonWriter json, TopicView topic) {
        int replication = topic.partitions().isEmpty()
                ? 0
                : topic.partitions().get(0).replicas().size();
        json.field("name", topic.name())
                .field("id", topic.id().toString())
                .field("internal", topic.internal())
                .field("partitionCount", topic.partitions().size())
                .field("replicationFactor", replication);
    }

    private static JsonWriter description(TopicView topic, List<PartitionStatus> logs, List<ConfigEntry> configs) {
        Map<Integer, PartitionStatus> byIndex = new HashMap<>();
        logs.forEach(log -> byIndex.put(log.partition().partition(), log));
        JsonWriter json = new JsonWriter(4096);
        json.beginObject();
        summary(json, topic);
        long sizeBytes = 0;
        json.name("partitions").beginArray();
        for (PartitionView partition : topic.partitions()) {
            PartitionStatus log = byIndex.get(partition.index());
            sizeBytes += log == null ? 0 : log.sizeBytes();
            partition(json, partition, log);
        }
        json.endArray().field("sizeBytes", sizeBytes).name("configs").beginArray();
        for (ConfigEntry config : configs) {
            json.beginObject()
                    .field("name", config.name())
                    .field("value", config.sensitive() ? null : config.value())
                    .field("source", config.source().name())
                    .field("type", config.type().name())
                    .field("readOnly", config.readOnly())
                    .field("documentation", config.documentation())
                    .endObject();
        }
        return json.endArray().endObject();
    }

    private static void partition(JsonWriter json, PartitionView partition, @Nullable PartitionStatus log) {
        json.beginObject()
                .field("partition", partition.index())
                .field("leader", partition.leader())
                .field("leaderEpoch", partition.leaderEpoch());
        integers(json, "replicas", partition.replicas());
        integers(json, "inSyncReplicas", partition.inSyncReplicas());
        if (log != null) {
            json.field("logStartOffset", log.logStartOffset())
                    .field("highWatermark", log.highWatermark())
                    .field("logEndOffset", log.logEndOffset())
                    .field("sizeBytes", log.sizeBytes())
                    .field("error", log.error());
        }
        json.endObject();
    }

    private static void integers(JsonWriter json, String name, List<Integer> numbers) {
        json.name(name).beginArray();
        numbers.forEach(json::value);
        json.endArray();
    }
}
