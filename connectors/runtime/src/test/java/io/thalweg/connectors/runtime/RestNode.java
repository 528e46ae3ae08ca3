package io.thalweg.connectors.runtime;

import static io.thalweg.connectors.runtime.RuntimeNode.await;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A node whose REST routes are served on a port of their own. */
public final class RestNode {

    private final RuntimeNode node;
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Of the door, once it is open. */
    private final AtomicInteger port = new AtomicInteger();

    public record Answer(int status, String body) {
        public JsonObject json() {
            return new JsonObject(body);
        }
    }

    public RestNode(Path directory, boolean restChanges) throws Exception {
        this(directory, restChanges, new CountingSource(), new CollectingSink());
    }

    /** @param plugins that this node has; those of connectors in the log may not be among them */
    public RestNode(Path directory, boolean restChanges, ConnectorPlugin... plugins) throws Exception {
        node = new RuntimeNode(directory);
        node.start(RuntimeConfig.defaults().withRestChanges(restChanges).withWorkerId(this::address), plugins);
        Router router = Router.router(node.vertx);
        node.runtime.rest().mount(router);
        server = await(node.vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
        port.set(server.actualPort());
    }

    public String address() {
        return "127.0.0.1:" + port.get();
    }

    public Answer send(String method, String path, JsonObject body) throws Exception {
        return raw(method, path, body == null ? null : "application/json", body == null ? "" : body.encode());
    }

    public Answer raw(String method, String path, String contentType, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address() + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        var response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    public void put(String name, JsonObject config) throws Exception {
        node.put(name, config);
    }

    public JsonObject stored(String name) throws Exception {
        return await(node.runtime.herder().connector(name)).stored().config().toJson();
    }

    public Follower follow(String topic) throws Exception {
        return node.follow(topic);
    }

    public void close() throws Exception {
        await(server.close());
        node.close();
    }
}
