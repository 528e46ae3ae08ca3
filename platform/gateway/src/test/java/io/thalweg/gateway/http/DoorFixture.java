package io.thalweg.gateway.http;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.VertxTimers;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.LocalClient;
import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A broker with an HTTP door on a free port, and a client that talks to it from outside. */
final class DoorFixture implements AutoCloseable {
    private static final long SECONDS_MAX = 120;

    final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(SECONDS_MAX))
            .build();
    private final Path directory;
    private final HttpGatewayConfig config;
    private final FileSystem disk;
    private final UnaryOperator<BrokerApi> facade;
    private Vertx vertx;
    private Broker broker;
    private HttpGateway gateway;
    private int port;

    DoorFixture(Path directory) {
        this(directory, HttpGatewayConfig.defaults().withInstances(2));
    }

    DoorFixture(Path directory, HttpGatewayConfig config) {
        this(directory, config, FileSystem.system());
    }

    DoorFixture(Path directory, HttpGatewayConfig config, FileSystem disk) {
        this(directory, config, disk, api -> api);
    }

    /** @param facade what the door sees of the broker */
    DoorFixture(Path directory, HttpGatewayConfig config, FileSystem disk, UnaryOperator<BrokerApi> facade) {
        this.directory = directory;
        this.config = config;
        this.disk = disk;
        this.facade = facade;
        start();
    }

    private void start() {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(4));
        broker = await(Broker.start(
                vertx,
                new Environment(Clock.system(), new VertxTimers(vertx), new SecureRandom(), disk),
                BrokerConfig.defaults(directory).withJournalBytes(16 << 20)));
        restartGateway();
    }

    /** Opens the door again, on the same port. */
    void restartGateway() {
        gateway = await(HttpGateway.start(
                vertx,
                facade.apply(broker.api()),
                LocalClient.create(vertx, broker.api()),
                config.withAddress("127.0.0.1", port),
                List.of()));
        port = gateway.port();
    }

    /** Stops the node in order and starts it again on the same port and data. */
    void restart() {
        stop();
        start();
    }

    /** Ends the node whose disk has failed, and starts it again once the disk was {@code mended}. */
    void restartAfter(Runnable mended) {
        await(gateway.close().otherwiseEmpty());
        await(broker.close().otherwiseEmpty());
        await(vertx.close().otherwiseEmpty());
        mended.run();
        start();
    }

    private void stop() {
        await(gateway.close());
        await(broker.close());
        await(vertx.close());
    }

    @Override
    public void close() {
        stop();
    }

    int port() {
        return port;
    }

    Broker broker() {
        return broker;
    }

    HttpGateway gateway() {
        return gateway;
    }

    Vertx vertx() {
        return vertx;
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError("did not complete: " + failure, failure);
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(SECONDS_MAX));
    }

    /** Sends, and holds the answer against the OpenAPI description. */
    HttpResponse<String> send(HttpRequest.Builder builder) {
        try {
            HttpRequest request = builder.build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            OpenApiContract.checkAnswer(
                    request.method(),
                    request.uri().getRawPath(),
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse(""),
                    answer.body());
            return answer;
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpResponse<String> json(String method, String path, Object body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body.toString())));
    }

    HttpResponse<String> publish(String topic, String contentType, String body) {
        return send(request("/v1/topics/" + topic + "/records")
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString(body)));
    }

    void createTopic(String name, int partitions) {
        HttpResponse<String> created =
                json("POST", "/v1/topics", new JsonObject().put("name", name).put("partitions", partitions));
        if (created.statusCode() != 201) {
            throw new AssertionError(created.statusCode() + " " + created.body());
        }
    }

    /** Publishes values as strings to one partition. */
    void publishValues(String topic, int partition, int from, int to) {
        JsonArray records = new JsonArray();
        for (int i = from; i < to; i++) {
            records.add(new JsonObject().put("value", "v" + i).put("partition", partition));
        }
        HttpResponse<String> answer = publish(
                topic,
                "application/json",
                new JsonObject().put("records", records).encode());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
    }

    static JsonObject object(HttpResponse<String> answer) {
        return new JsonObject(answer.body());
    }
}
