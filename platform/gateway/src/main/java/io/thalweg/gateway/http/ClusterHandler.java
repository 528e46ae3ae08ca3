package io.thalweg.gateway.http;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.gateway.json.JsonWriter;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.TreeMap;

/** {@code /v1/cluster} and {@code /v1/brokers}. */
final class ClusterHandler {
    private final DoorContext door;

    ClusterHandler(DoorContext door) {
        this.door = door;
    }

    void cluster(HttpServerRequest request) {
        QueryParameters.of(request);
        ClusterView view = door.broker().cluster();
        JsonWriter json = new JsonWriter();
        json.beginObject()
                .field("clusterId", view.clusterId())
                .field("controllerId", view.controllerId())
                .field("version", view.version())
                .field("topicCount", view.topics().size());
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
        json.name("brokers").beginArray();
        for (BrokerNode broker : view.brokers()) {
            json.beginObject()
                    .field("id", broker.id())
                    .field("rack", broker.rack())
                    .field("controller", broker.id() == view.controllerId())
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
}
