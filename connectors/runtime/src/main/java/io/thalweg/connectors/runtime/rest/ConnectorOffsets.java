package io.thalweg.connectors.runtime.rest;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.runtime.ConnectException;
import io.thalweg.connectors.runtime.herder.ConnectorView;
import io.thalweg.connectors.runtime.sink.SinkRunner;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Positions of a connector as Kafka Connect shows and alters them (KIP-875): a source's own, or those of a sink's group. */
public final class ConnectorOffsets {

    private static final int OFFSETS_MAX = 10_000;

    private final ThalwegClient client;
    private final OffsetStore offsets;

    public ConnectorOffsets(ThalwegClient client, OffsetStore offsets) {
        this.client = client;
        this.offsets = offsets;
    }

    /** {@code {"offsets": [{"partition": {...}, "offset": {...}}]}}. */
    Future<JsonObject> get(ConnectorView connector) {
        String name = connector.stored().name();
        if (!(connector.plugin() instanceof SinkPlugin)) {
            JsonArray list = new JsonArray();
            offsets.offsets(name).forEach((partition, offset) -> list.add(entry(partition, offset)));
            return Future.succeededFuture(new JsonObject().put("offsets", list));
        }
        return client.groups().fetchOffsets(SinkRunner.group(name), null, false).map(committed -> {
            Map<String, JsonObject> sorted = new TreeMap<>();
            committed.forEach((partition, offset) -> sorted.put(
                    partition.topic() + String.format("-%010d", partition.partition()),
                    entry(
                            new JsonObject()
                                    .put("kafka_topic", partition.topic())
                                    .put("kafka_partition", partition.partition()),
                            new JsonObject().put("kafka_offset", offset.offset()))));
            return new JsonObject().put("offsets", new JsonArray(new ArrayList<>(sorted.values())));
        });
    }

    private static JsonObject entry(JsonObject partition, JsonObject offset) {
        return new JsonObject().put("partition", partition).put("offset", offset);
    }

    /** Sets positions; null forgets one. The connector is stopped. */
    Future<Void> alter(ConnectorView connector, JsonObject body) {
        List<JsonObject> changes = changes(body);
        String name = connector.stored().name();
        if (connector.plugin() instanceof SinkPlugin) {
            return alterGroup(SinkRunner.group(name), changes);
        }
        List<Future<Void>> writes = new ArrayList<>();
        for (JsonObject change : changes) {
            JsonObject offset = change.getJsonObject("offset");
            writes.add(offsets.put(
                    name, change.getJsonObject("partition"), offset == null ? null : StoredPosition.of(offset)));
        }
        return Future.all(writes).mapEmpty();
    }

    private static List<JsonObject> changes(JsonObject body) {
        try {
            JsonArray list = body.getJsonArray("offsets");
            if (list == null || list.isEmpty() || list.size() > OFFSETS_MAX) {
                throw new ConnectException(
                        400,
                        "offsets: found=" + (list == null ? "nothing" : list.size() + " entries") + " allowed=1 to "
                                + OFFSETS_MAX);
            }
            List<JsonObject> changes = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                JsonObject change = list.getJsonObject(i);
                JsonObject partition = change == null ? null : change.getJsonObject("partition");
                if (change == null || partition == null || partition.isEmpty()) {
                    throw new ConnectException(400, "offsets: entry " + i + " has no partition");
                }
                change.getJsonObject("offset"); // an object or null
                changes.add(change);
            }
            return changes;
        } catch (ClassCastException malformed) {
            throw new ConnectException(
                    400, "offsets: allowed={\"offsets\": [{\"partition\": {...}, \"offset\": {...} or null}]}");
        }
    }

    private Future<Void> alterGroup(String group, List<JsonObject> changes) {
        Map<TopicPartition, OffsetToCommit> commits = new HashMap<>();
        List<TopicPartition> removals = new ArrayList<>();
        for (JsonObject change : changes) {
            TopicPartition partition = partition(change.getJsonObject("partition"));
            JsonObject offset = change.getJsonObject("offset");
            if (offset == null) {
                removals.add(partition);
            } else {
                commits.put(partition, new OffsetToCommit(wholeNumber(offset, "kafka_offset"), -1, ""));
            }
        }
        Future<Map<TopicPartition, ErrorCode>> committed = commits.isEmpty()
                ? Future.succeededFuture(Map.of())
                : client.groups().commitOffsets(new CommitOffsets(group, -1, "", null, commits, -1));
        return committed
                .compose(ConnectorOffsets::checked)
                .compose(done -> removals.isEmpty()
                        ? Future.succeededFuture(Map.of())
                        : client.groups().deleteOffsets(group, removals))
                .compose(ConnectorOffsets::checked);
    }

    private static Future<Void> checked(Map<TopicPartition, ErrorCode> outcomes) {
        for (Map.Entry<TopicPartition, ErrorCode> outcome : outcomes.entrySet()) {
            if (outcome.getValue() != ErrorCode.NONE) {
                return Future.failedFuture(new ConnectException(
                        400, "offset refused: partition=" + outcome.getKey() + " error=" + outcome.getValue()));
            }
        }
        return Future.succeededFuture();
    }

    private static TopicPartition partition(JsonObject partition) {
        Object topic = partition.getValue("kafka_topic");
        if (!(topic instanceof String name) || name.isEmpty()) {
            throw new ConnectException(
                    400, "a sink's partition is {\"kafka_topic\": name, \"kafka_partition\": number}");
        }
        long index = wholeNumber(partition, "kafka_partition");
        if (index > Integer.MAX_VALUE) {
            throw new ConnectException(400, "kafka_partition: found=" + index);
        }
        return new TopicPartition(name, (int) index);
    }

    private static long wholeNumber(JsonObject object, String key) {
        @Nullable Object value = object.getValue(key);
        try {
            long number = value instanceof Number given ? given.longValue() : Long.parseLong(String.valueOf(value));
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notNumber) {
            // told below
        }
        throw new ConnectException(400, key + ": found=" + value + " allowed=a whole number from 0");
    }

    /** Forgets every position: the connector begins anew. It is stopped. */
    Future<Void> reset(ConnectorView connector) {
        String name = connector.stored().name();
        if (!(connector.plugin() instanceof SinkPlugin)) {
            return offsets.clear(name);
        }
        return client.groups()
                .delete(SinkRunner.group(name))
                .recover(failure -> ThalwegException.codeOf(failure) == ErrorCode.GROUP_ID_NOT_FOUND
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }
}
