package io.thalweg.system.console;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What a test does to the node behind the console's back. */
final class NodeApi {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String origin;

    NodeApi(String origin) {
        this.origin = origin;
    }

    HttpResponse<String> send(String method, String path, Object body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(origin + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    void createTopic(String name, int partitions) throws IOException, InterruptedException {
        expect(
                201,
                send("POST", "/v1/topics", new JsonObject().put("name", name).put("partitions", partitions)));
    }

    void publish(String topic, JsonArray records) throws IOException, InterruptedException {
        expect(200, send("POST", "/v1/topics/" + topic + "/records", new JsonObject().put("records", records)));
    }

    static void expect(int status, HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() != status) {
            throw new IOException("answer: found=" + answer.statusCode() + " expected=" + status + " " + answer.body());
        }
    }
}
