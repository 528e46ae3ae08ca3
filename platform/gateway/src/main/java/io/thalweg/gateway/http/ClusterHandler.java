package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.gateway.json.JsonWriter;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** {@code /v1/cluster} and {@code /v1/brokers}: the cluster as this node knows it now. */
final class ClusterHandler {
    private final DoorContext door;

    ClusterHandler(DoorContext door) {
        this.door = door;
    }

    /** What a broker holds. */
    private static final class Share {
        int leaders;
        int replicas;
    }

    void cluster(HttpServerRequest request) {
        QueryParameters.of(request);
        ClusterView view = door.broker().cluster();
        int partitions = 0;
        int offline = 0;
        int underReplicated = 0;
        int moving = 0;
        for (TopicView topic : view.topics().values()) {
            for (PartitionView partition : topic.partitions()) {
                PartitionHealth health = PartitionHealth.of(view, partition);
                partitions++;
                offline += health == PartitionHealth.OFFLINE ? 1 : 0;
                underReplicated += health == PartitionHealth.UNDER_REPLICATED ? 1 : 0;
                moving += partition.target().isEmpty() ? 0 : 1;
            }
        }
        JsonWriter json = new JsonWriter();
        json.beginObject()
                .field("clusterId", view.clusterId())
                .field("controllerId", view.controllerId())
                .field("version", view.version())
                .field("topicCount", view.topics().size())
                .field("partitionCount", partitions)
                .field("offlinePartitionCount", offline)
                .field("underReplicatedPartitionCount", underReplicated)
                .field("movingPartitionCount", moving);
        brokers(json, view);
        door.answers().json(request, 200, json.endObject());
    }

    void brokers(HttpServerRequest request) {
        QueryParameters.of(request);
        JsonWriter json = new JsonWriter();
        json.beginObject();
        brokers(json, door.broker().cluster());
        door.answers().json(request, 200, json.endObject());
    }

    private static void brokers(JsonWriter json, ClusterView view) {
        Map<Integer, Share> shares = shares(view);
        json.name("brokers").beginArray();
        for (BrokerNode broker : view.brokers()) {
            Share share = shares.getOrDefault(broker.id(), new Share());
            json.beginObject()
                    .field("id", broker.id())
                    .field("rack", broker.rack())
                    .field("alive", broker.alive())
                    .field("draining", broker.draining())
                    .field("controller", broker.id() == view.controllerId())
                    .field("leaderCount", share.leaders)
                    .field("replicaCount", share.replicas)
                    .name("endpoints")
                    .beginObject();
            for (Map.Entry<String, Endpoint> endpoint : new TreeMap<>(broker.endpoints()).entrySet()) {
                json.name(endpoint.getKey())
                        .beginObject()
                        .field("host", endpoint.getValue().host())
                        .field("port", endpoint.getValue().port())
                        .endObject();
            }
            json.endObject().endObject();
        }
        json.endArray();
    }

    private static Map<Integer, Share> shares(ClusterView view) {
        Map<Integer, Share> shares = new HashMap<>();
        for (TopicView topic : view.topics().values()) {
            for (PartitionView partition : topic.partitions()) {
                if (partition.leader() >= 0) {
                    shares.computeIfAbsent(partition.leader(), id -> new Share()).leaders++;
                }
                partition.replicas().forEach(id -> shares.computeIfAbsent(id, broker -> new Share()).replicas++);
            }
        }
        return shares;
    }
}
