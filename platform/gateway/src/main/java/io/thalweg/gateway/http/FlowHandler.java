package io.thalweg.gateway.http;

import io.thalweg.gateway.http.flow.FlowEdge;
import io.thalweg.gateway.http.flow.FlowGraph;
import io.thalweg.gateway.http.flow.FlowNode;
import io.thalweg.gateway.json.JsonWriter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code GET /v1/flow}: what flows where. */
final class FlowHandler {
    private final Vertx vertx;
    private final DoorContext door;

    FlowHandler(Vertx vertx, DoorContext door) {
        this.vertx = vertx;
        this.door = door;
    }

    void handle(HttpServerRequest request) {
        boolean internal = QueryParameters.of(request, "internal").flag("internal");
        Context loop = vertx.getOrCreateContext();
        // All event loops share a sample, which completes on the loop of whoever asked first.
        door.flow(vertx)
                .graph()
                .onComplete(
                        graph -> loop.runOnContext(turn -> door.answers().json(request, 200, json(graph, internal))),
                        failure -> loop.runOnContext(turn -> door.answers().problem(request, failure)));
    }

    private static JsonWriter json(FlowGraph graph, boolean internal) {
        JsonWriter json = new JsonWriter(4096);
        Set<String> shown = new HashSet<>();
        json.beginObject().name("nodes").beginArray();
        for (FlowNode node : graph.nodes()) {
            if (internal || !node.internal()) {
                shown.add(node.id());
                node(json, node);
            }
        }
        json.endArray().name("edges").beginArray();
        for (FlowEdge edge : graph.edges()) {
            if (shown.contains(edge.from()) && shown.contains(edge.to())) {
                json.beginObject().field("from", edge.from()).field("to", edge.to());
                figures(json, edge.figures());
                json.endObject();
            }
        }
        json.endArray().name("problems").beginArray();
        graph.problems().forEach(json::value);
        return json.endArray().endObject();
    }

    private static void node(JsonWriter json, FlowNode node) {
        json.beginObject()
                .field("id", node.id())
                .field("kind", node.kind().word())
                .field("name", node.name())
                .field("state", node.state())
                .field("problem", node.problem())
                .field("internal", node.internal())
                .field("group", node.group());
        figures(json, node.figures());
        json.endObject();
    }

    private static void figures(JsonWriter json, Map<String, Double> figures) {
        json.name("figures").beginObject();
        new TreeMap<>(figures).forEach((name, value) -> json.name(name).value(value.doubleValue()));
        json.endObject();
    }
}
