package io.thalweg.system.verticle;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A node's HTTP door. */
final class Http {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final int PATIENCE_SECONDS = 180;

    private Http() {}

    static HttpResponse<String> send(NodeProcess node, String method, String path)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.http() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    static JsonObject get(NodeProcess node, String path) throws IOException, InterruptedException {
        HttpResponse<String> response = send(node, "GET", path);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        return new JsonObject(response.body());
    }

    static JsonObject verticle(NodeProcess node, String name) throws IOException, InterruptedException {
        return get(node, "/v1/verticles/" + name);
    }

    /** Asks until the answer is as it should be: of the states of verticles and streams the node tells nobody by itself. */
    static JsonObject until(NodeProcess node, String path, Predicate<JsonObject> wanted) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            HttpResponse<String> response = send(node, "GET", path);
            if (response.statusCode() == 200 && wanted.test(new JsonObject(response.body()))) {
                return new JsonObject(response.body());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + path + " is " + response.body()
                        + "\n" + node.printed());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
