package io.thalweg.system.connector;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Kafka Connect's REST interface of a node. */
final class ConnectClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final NodeProcess node;
    private final HttpClient client = HttpClient.newHttpClient();

    ConnectClient(NodeProcess node) {
        this.node = node;
    }

    /** A node whose connectors may reach files below this directory. */
    static NodeProcess node(Path directory) throws IOException {
        Path settings = directory.resolve("settings.json");
        Files.writeString(
                settings,
                new JsonObject()
                        .put("connectors", new JsonObject().put("pathRoots", java.util.List.of(directory.toString())))
                        .encode());
        return NodeProcess.in(directory).withOptions("--conf", settings.toString());
    }

    void put(String connector, JsonObject config) throws IOException, InterruptedException {
        HttpResponse<String> response = send(HttpRequest.newBuilder(uri("/connectors/" + connector + "/config"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(config.encode())));
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError("connector was refused: status=" + response.statusCode() + " " + response.body());
        }
    }

    /** As the node says it; for messages of failures. */
    String status(String connector) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/connectors/" + connector + "/status")))
                .body();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create(node.http() + "/connect" + path);
    }
}
