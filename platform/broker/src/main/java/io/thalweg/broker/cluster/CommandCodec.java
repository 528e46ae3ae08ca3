package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.thalweg.broker.api.TopicsApi.ConfigOperation;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.broker.metadata.MetadataRecord.TopicRecord;
import io.thalweg.broker.metadata.MetadataRecordCodec;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Values of controller commands as JSON. Fields that are not known are ignored, so that a newer broker may say more. */
final class CommandCodec {

    private CommandCodec() {}

    static JsonObject parse(Buffer body) {
        try {
            return new JsonObject(body);
        } catch (DecodeException malformed) {
            throw new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "a broker sent what is no JSON: " + malformed.getMessage(), malformed);
        }
    }

    static JsonObject encode(NewTopic topic) {
        JsonObject assignments = new JsonObject();
        topic.assignments().forEach((index, replicas) -> assignments.put(Integer.toString(index), ints(replicas)));
        return new JsonObject()
                .put("name", topic.name())
                .put("partitions", topic.partitions())
                .put("replicationFactor", (int) topic.replicationFactor())
                .put("assignments", assignments)
                .put("configs", strings(topic.configs()));
    }

    static NewTopic newTopic(JsonObject json) {
        Map<Integer, List<Integer>> assignments = new HashMap<>();
        json.getJsonObject("assignments", new JsonObject())
                .forEach(entry -> assignments.put(Integer.valueOf(entry.getKey()), ints((JsonArray) entry.getValue())));
        return new NewTopic(
                json.getString("name"),
                json.getInteger("partitions"),
                json.getInteger("replicationFactor").shortValue(),
                assignments,
                strings(json.getJsonObject("configs", new JsonObject())));
    }

    static JsonArray encode(List<ConfigChange> changes) {
        JsonArray all = new JsonArray();
        for (ConfigChange change : changes) {
            all.add(new JsonObject()
                    .put("name", change.name())
                    .put("operation", change.operation().name())
                    .put("value", change.value()));
        }
        return all;
    }

    static List<ConfigChange> configChanges(JsonArray json) {
        List<ConfigChange> changes = new ArrayList<>(json.size());
        for (int i = 0; i < json.size(); i++) {
            JsonObject change = json.getJsonObject(i);
            changes.add(new ConfigChange(
                    change.getString("name"),
                    ConfigOperation.valueOf(change.getString("operation")),
                    change.getString("value")));
        }
        return changes;
    }

    /** As the metadata has it; two arrays of bytes. */
    static JsonObject encode(TopicView topic) {
        JsonObject json = new JsonObject();
        MetadataRecordCodec.encode(
                new TopicRecord(topic, false),
                (key, value) -> json.put("key", key).put("value", value));
        return json;
    }

    static TopicView topicView(JsonObject json) {
        TopicRecord decoded = (TopicRecord) MetadataRecordCodec.decode(
                ByteBuffer.wrap(json.getBinary("key")), ByteBuffer.wrap(json.getBinary("value")));
        return decoded.topic();
    }

    static JsonObject endpoints(Map<String, Endpoint> endpoints) {
        JsonObject json = new JsonObject();
        endpoints.forEach((door, at) ->
                json.put(door, new JsonObject().put("host", at.host()).put("port", at.port())));
        return json;
    }

    static Map<String, Endpoint> endpoints(JsonObject json) {
        Map<String, Endpoint> endpoints = new HashMap<>();
        for (String door : json.fieldNames()) {
            JsonObject at = json.getJsonObject(door);
            endpoints.put(door, new Endpoint(at.getString("host"), at.getInteger("port")));
        }
        return endpoints;
    }

    static JsonArray ints(List<Integer> values) {
        return new JsonArray(new ArrayList<>(values));
    }

    static List<Integer> ints(JsonArray json) {
        List<Integer> values = new ArrayList<>(json.size());
        for (int i = 0; i < json.size(); i++) {
            values.add(json.getInteger(i));
        }
        return values;
    }

    static JsonObject encode(TopicPartition partition) {
        return new JsonObject().put("topic", partition.topic()).put("partition", partition.partition());
    }

    static TopicPartition topicPartition(JsonObject json) {
        return new TopicPartition(json.getString("topic"), json.getInteger("partition"));
    }

    private static JsonObject strings(Map<String, String> values) {
        JsonObject json = new JsonObject();
        values.forEach(json::put);
        return json;
    }

    private static Map<String, String> strings(JsonObject json) {
        Map<String, String> values = new HashMap<>();
        json.fieldNames().forEach(name -> values.put(name, json.getString(name)));
        return values;
    }
}
