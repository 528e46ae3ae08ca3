package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterAdmin.ReplicationStatus;
import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.gateway.json.JsonWriter;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/cluster/partitions}: who leads and holds each partition, and how far the replicas are behind. In the order of
 * names; a page ends with where the next one begins, so that it needs no state here.
 */
final class ClusterPartitionsHandler {
    private static final int LIMIT_MAX = 10_000;
    private static final int LIMIT_DEFAULT = 1_000;
    private static final List<String> STATES = List.of("all", "offline", "under-replicated", "moving");

    private final DoorContext door;

    ClusterPartitionsHandler(DoorContext door) {
        this.door = door;
    }

    void list(HttpServerRequest request) {
        QueryParameters query = QueryParameters.of(request, "topic", "state", "from", "limit");
        String state = query.text("state", "all");
        if (!STATES.contains(state)) {
            throw HttpProblem.invalid(
                    "state=" + HttpProblem.shown(state) + " found; " + String.join(", ", STATES) + " expected");
        }
        int limit = query.integer("limit", LIMIT_DEFAULT, 1, LIMIT_MAX);
        ClusterView view = door.broker().cluster();
        TopicPartition from = from(query.text("from"));
        Map<TopicPartition, ReplicationStatus> statuses = new HashMap<>();
        door.broker().admin().replication().forEach(status -> statuses.put(status.partition(), status));
        JsonWriter json = new JsonWriter(4096);
        json.beginObject().name("partitions").beginArray();
        TopicPartition next = null;
        int shown = 0;
        for (TopicView topic : topics(view, query.text("topic"), from).values()) {
            int first = from != null && from.topic().equals(topic.name()) ? from.partition() : 0;
            for (int index = first; index < topic.partitions().size() && next == null; index++) {
                PartitionView partition = topic.partitions().get(index);
                if (!matches(view, partition, state)) {
                    continue;
                }
                TopicPartition name = new TopicPartition(topic.name(), index);
                if (shown == limit) {
                    next = name;
                } else {
                    write(json, view, name, partition, statuses.get(name));
                    shown++;
                }
            }
        }
        json.endArray().field("next", next == null ? null : next.topic() + "/" + next.partition());
        door.answers().json(request, 200, json.endObject());
    }

    private static @Nullable TopicPartition from(@Nullable String text) {
        if (text == null) {
            return null;
        }
        int slash = text.lastIndexOf('/');
        try {
            if (slash > 0) {
                return new TopicPartition(
                        text.substring(0, slash), Integer.parseUnsignedInt(text.substring(slash + 1)));
            }
        } catch (NumberFormatException notOurs) {
            // The same answer as for one without a partition.
        }
        throw HttpProblem.invalid(
                "from=" + HttpProblem.shown(text) + " found; next of the page before expected: topic/partition");
    }

    private static NavigableMap<String, TopicView> topics(
            ClusterView view, @Nullable String wanted, @Nullable TopicPartition from) {
        NavigableMap<String, TopicView> topics = new TreeMap<>();
        if (wanted != null) {
            TopicView topic = view.topic(wanted);
            if (topic == null) {
                throw HttpProblem.unknownTopic(TopicNames.checked(wanted));
            }
            topics.put(wanted, topic);
        } else {
            topics.putAll(view.topics());
        }
        return from == null ? topics : topics.tailMap(from.topic(), true);
    }

    private static boolean matches(ClusterView view, PartitionView partition, String state) {
        return switch (state) {
            case "offline" -> PartitionHealth.of(view, partition) == PartitionHealth.OFFLINE;
            case "under-replicated" -> PartitionHealth.of(view, partition) == PartitionHealth.UNDER_REPLICATED;
            case "moving" -> !partition.target().isEmpty();
            default -> true;
        };
    }

    private static void write(
            JsonWriter json,
            ClusterView view,
            TopicPartition name,
            PartitionView partition,
            @Nullable ReplicationStatus status) {
        json.beginObject()
                .field("topic", name.topic())
                .field("partition", name.partition())
                .field("state", PartitionHealth.of(view, partition).text())
                .field("leader", partition.leader())
                .field("leaderEpoch", partition.leaderEpoch());
        integers(json, "replicas", partition.replicas());
        integers(json, "inSyncReplicas", partition.inSyncReplicas());
        integers(json, "target", partition.target());
        if (status == null) {
            json.name("highWatermark").nullValue();
            json.name("logEndOffset").nullValue();
        } else {
            json.field("highWatermark", status.highWatermark()).field("logEndOffset", status.logEndOffset());
        }
        json.name("lag").beginObject();
        for (int replica : partition.replicas()) {
            if (replica == partition.leader()) {
                continue;
            }
            json.name(Integer.toString(replica));
            Long end = status == null ? null : status.ends().get(replica);
            if (status == null || end == null) {
                json.nullValue();
            } else {
                json.value(Math.max(0, status.logEndOffset() - end));
            }
        }
        json.endObject().endObject();
    }

    private static void integers(JsonWriter json, String name, List<Integer> values) {
        json.name(name).beginArray();
        values.forEach(value -> json.value(value));
        json.endArray();
    }
}
