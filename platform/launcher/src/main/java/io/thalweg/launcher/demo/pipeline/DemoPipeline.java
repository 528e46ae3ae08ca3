package io.thalweg.launcher.demo.pipeline;

import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.launcher.demo.DemoFailure;
import io.thalweg.launcher.node.Node;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.streams.runtime.StreamsRuntime;
import io.thalweg.streams.runtime.StreamsRuntimeConfig;
import io.vertx.core.Future;
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
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Runs the flights through connectors and a stream application, and waits until the last row is in a file. */
public final class DemoPipeline {

    private static final int PARTITIONS = 6;
    private static final int AIRPORTS = 3_376;
    private static final int FLIGHTS = 20_000;
    private static final int PATIENCE_SECONDS = 60;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int WORST_FLIGHTS_MIN = 3;
    private static final int WORST_COUNT = 5;

    private final Node node;
    private final Path directory;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param directory below one of the node's {@code connectors.pathRoots} */
    public DemoPipeline(Node node, Path directory) {
        this.node = node;
        this.directory = directory;
    }

    /** Blocks until all is done. Throws {@link DemoFailure} if a step takes too long or the result is not whole. */
    public PipelineResult run() throws InterruptedException {
        try {
            DemoFiles files = DemoFiles.in(directory);
            create(AirportDelays.AIRPORTS, 1, Map.of("cleanup.policy", "compact"));
            // The flights are of 2001: a retention by time would take them away while someone looks around.
            create(AirportDelays.FLIGHTS, PARTITIONS, Map.of("retention.ms", "-1"));
            create(AirportDelays.DELAYS, PARTITIONS, Map.of("cleanup.policy", "compact"));
            configure("airports", files);
            until("all airports are in their topic", () -> records(AirportDelays.AIRPORTS) >= AIRPORTS);
            configure("delays", files);
            long began = System.nanoTime();
            // After the airports: a flight that is joined before its airport is known would stay without a name.
            await(
                    "the stream started",
                    StreamsRuntime.start(
                            node.vertx(),
                            node.client(),
                            new AirportDelays().define(new JsonObject()).topology(),
                            StreamsRuntimeConfig.defaults()));
            configure("flights", files);
            until("all flights are in their topic", () -> records(AirportDelays.FLIGHTS) >= FLIGHTS);
            until("the stream has read all flights", () -> lag(AirportDelays.NAME) == 0);
            until("the sink has written all rows", () -> lag("connect-delays") == 0);
            return result(files, (System.nanoTime() - began) / 1e9);
        } catch (IOException e) {
            throw new DemoFailure("the pipeline failed: " + e.getMessage(), e);
        }
    }

    private PipelineResult result(DemoFiles files, double seconds) throws IOException, InterruptedException {
        Map<String, JsonObject> rows = files.rows();
        int counted = rows.values().stream()
                .mapToInt(row -> row.getInteger("flights"))
                .sum();
        if (counted != FLIGHTS) {
            throw new DemoFailure("the sink's rows do not add up: flights=" + counted + " expected=" + FLIGHTS);
        }
        List<JsonObject> worst = rows.values().stream()
                .filter(row -> row.getInteger("flights") >= WORST_FLIGHTS_MIN)
                .sorted(Comparator.comparingDouble((JsonObject row) -> row.getDouble("meanDelayMinutes"))
                        .reversed()
                        .thenComparing(row -> row.getString("origin")))
                .limit(WORST_COUNT)
                .toList();
        return new PipelineResult(
                (int) records(AirportDelays.AIRPORTS),
                (int) records(AirportDelays.FLIGHTS),
                rows.size(),
                counted,
                seconds,
                files.output(),
                worst);
    }

    private void create(String topic, int partitions, Map<String, String> configs) throws InterruptedException {
        try {
            await(
                    "topic " + topic + " was created",
                    node.client()
                            .topics()
                            .create(new NewTopic(topic, partitions, (short) -1, Map.of(), configs), false));
        } catch (DemoFailure e) {
            if (e.getCause() == null || ThalwegException.codeOf(e.getCause()) != ErrorCode.TOPIC_ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /** {@code PUT /connect/connectors/<name>/config}: creates it, or leaves it as it is. */
    private void configure(String name, DemoFiles files) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri("/connect/connectors/" + name + "/config"))
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(files.connector(name).encode()))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new DemoFailure(
                    "connector " + name + " was refused: status=" + answer.statusCode() + " " + answer.body());
        }
    }

    private long records(String topic) throws IOException, InterruptedException {
        long records = 0;
        for (Object partition : get("/v1/topics/" + topic).getJsonArray("partitions")) {
            JsonObject described = (JsonObject) partition;
            records += described.getLong("logEndOffset") - described.getLong("logStartOffset");
        }
        return records;
    }

    /** Of all partitions of the group's topics; -1 while it has not committed for each of them. */
    private long lag(String group) throws IOException, InterruptedException {
        JsonObject described = get("/v1/groups/" + group);
        JsonArray offsets = described.getJsonArray("offsets", new JsonArray());
        long lag = 0;
        for (Object partition : offsets) {
            Long behind = ((JsonObject) partition).getLong("lag");
            if (behind == null) {
                return -1;
            }
            lag += behind;
        }
        return offsets.size() < PARTITIONS ? -1 : lag;
    }

    private JsonObject get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
        return new JsonObject(answer.body());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + node.ports().http() + path);
    }

    private static void until(String what, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new DemoFailure("not done after " + PATIENCE_SECONDS + " s: " + what
                        + "; the node's log and /connect/connectors?expand=status tell more");
            }
            LockSupport.parkNanos(LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static <T> T await(String what, Future<T> future) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new DemoFailure("failed: " + what + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new DemoFailure("not done after " + PATIENCE_SECONDS + " s: " + what, e);
        }
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }
}
