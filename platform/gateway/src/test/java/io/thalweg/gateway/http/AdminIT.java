package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics, groups, the node itself; each answer is held against the OpenAPI description by the fixture. */
class AdminIT {
    @TempDir
    Path directory;

    private final AtomicReference<Readiness> readiness = new AtomicReference<>(Readiness.READY);
    private DoorFixture door;

    @BeforeEach
    void start() {
        door = new DoorFixture(
                directory,
                HttpGatewayConfig.defaults()
                        .withInstances(2)
                        .withMetricsText(() -> "thalweg_up 1\n")
                        .withReadiness(readiness::get));
    }

    @AfterEach
    void stop() {
        door.close();
    }

    @Test
    void topicsAreCreatedDescribedAlteredAndDeleted() {
        HttpResponse<String> created = door.json(
                "POST",
                "/v1/topics",
                "{\"name\":\"flights\",\"partitions\":2,\"configs\":{\"retention.ms\":3600000,\"cleanup.policy\":\"delete\"}}");
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Location")).contains("/v1/topics/flights");
        door.publishValues("flights", 1, 0, 3);

        JsonObject described = DoorFixture.object(door.get("/v1/topics/flights"));
        assertThat(described.getJsonArray("partitions").getJsonObject(1).getLong("highWatermark"))
                .isEqualTo(3);
        assertThat(described.getLong("sizeBytes")).isPositive();
        assertThat(config(described, "retention.ms")).isEqualTo("3600000");

        HttpResponse<String> dryRun = door.json("PATCH", "/v1/topics/flights?dryRun", "{\"partitions\":4}");
        assertThat(DoorFixture.object(dryRun).getInteger("partitionCount")).isEqualTo(2);
        HttpResponse<String> altered = door.json(
                "PATCH",
                "/v1/topics/flights",
                "{\"partitions\":4,\"configs\":{\"retention.ms\":null,\"max.message.bytes\":\"2000000\"}}");
        assertThat(DoorFixture.object(altered).getInteger("partitionCount")).isEqualTo(4);
        JsonObject after = DoorFixture.object(door.get("/v1/topics/flights"));
        assertThat(config(after, "retention.ms")).isEqualTo("604800000");
        assertThat(config(after, "max.message.bytes")).isEqualTo("2000000");

        assertThat(DoorFixture.object(door.get("/v1/topics")).getJsonArray("topics"))
                .hasSize(1);
        assertThat(door.send(door.request("/v1/topics/flights").DELETE()).statusCode())
                .isEqualTo(204);
        assertThat(door.get("/v1/topics/flights").statusCode()).isEqualTo(404);
        assertThat(door.get("/v1/topics/flights/records").statusCode()).isEqualTo(404);
    }

    @Test
    void invalidChangesAreRefusedAndChangeNothing() {
        door.createTopic("flights", 2);
        String before = door.get("/v1/topics/flights").body();

        assertThat(door.json("POST", "/v1/topics", "{\"name\":\"flights\"}").statusCode())
                .isEqualTo(409);
        assertThat(door.json("POST", "/v1/topics", "{\"name\":\"x\",\"partitions\":0}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(door.json("POST", "/v1/topics", "{\"name\":\"x\",\"configs\":{\"no.such\":1}}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(door.json("PATCH", "/v1/topics/flights", "{\"partitions\":1}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(door.json("PATCH", "/v1/topics/flights", "{\"partitions\":1,\"configs\":{\"retention.ms\":\"5\"}}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(door.json("PATCH", "/v1/topics/flights", "{}").statusCode()).isEqualTo(400);
        assertThat(door.json("PATCH", "/v1/topics/absent", "{\"partitions\":3}").statusCode())
                .isEqualTo(404);

        assertThat(door.get("/v1/topics/flights").body()).isEqualTo(before);
    }

    @Test
    void groupOffsetsAreResetWithAPreviewOfTheDifference() {
        door.createTopic("flights", 1);
        door.publishValues("flights", 0, 0, 10);
        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events?group=delays", null)) {
            for (int i = 0; i < 10; i++) {
                reader.next();
            }
            await("/v1/groups/delays", "\"committedOffset\":10");
            JsonObject group = DoorFixture.object(door.get("/v1/groups/delays"));
            assertThat(group.getString("state")).isEqualTo("Stable");
            JsonObject member = group.getJsonArray("members").getJsonObject(0);
            assertThat(member.getJsonArray("assignment"))
                    .isEqualTo(new JsonArray()
                            .add(new JsonObject().put("topic", "flights").put("partition", 0)));
            String reset = "{\"resets\":[{\"topic\":\"flights\",\"to\":\"earliest\"}]}";
            assertThat(door.json("PATCH", "/v1/groups/delays/offsets", reset).statusCode())
                    .isEqualTo(409);
            assertThat(door.send(door.request("/v1/groups/delays").DELETE()).statusCode())
                    .isEqualTo(409);
        }
        await("/v1/groups/delays", "\"state\":\"Empty\"");

        JsonObject preview = DoorFixture.object(door.json(
                "PATCH",
                "/v1/groups/delays/offsets?dryRun=true",
                "{\"resets\":[{\"topic\":\"flights\",\"shift\":-4}]}"));
        JsonObject change = preview.getJsonArray("changes").getJsonObject(0);
        assertThat(change.getLong("from")).isEqualTo(10);
        assertThat(change.getLong("to")).isEqualTo(6);
        assertThat(DoorFixture.object(door.get("/v1/groups/delays")).getLong("totalLag"))
                .isZero();

        HttpResponse<String> done = door.json(
                "PATCH",
                "/v1/groups/delays/offsets",
                "{\"resets\":[{\"topic\":\"flights\",\"partitions\":[0],\"to\":3}]}");
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        JsonObject lag = DoorFixture.object(door.get("/v1/groups/delays"))
                .getJsonArray("offsets")
                .getJsonObject(0);
        assertThat(lag.getLong("lag")).isEqualTo(7);
        assertThat(lag.getDouble("lagSeconds")).isGreaterThanOrEqualTo(0);

        assertThat(door.get("/v1/groups").body()).contains("\"groupId\":\"delays\"");
        assertThat(door.send(door.request("/v1/groups/delays").DELETE()).statusCode())
                .isEqualTo(204);
        assertThat(door.get("/v1/groups/delays").statusCode()).isEqualTo(404);
        assertThat(door.json("PATCH", "/v1/groups/none/offsets", "{\"resets\":[{\"topic\":\"flights\",\"to\":0}]}")
                        .statusCode())
                .isEqualTo(404);
    }

    private void await(String path, String part) {
        for (int attempt = 0; attempt < 100_000; attempt++) {
            if (door.get(path).body().contains(part)) {
                return;
            }
        }
        throw new AssertionError(part + " is not in " + door.get(path).body());
    }

    @Test
    void nodeTellsOfItself() {
        JsonObject cluster = DoorFixture.object(door.get("/v1/cluster"));
        assertThat(cluster.getJsonArray("brokers")
                        .getJsonObject(0)
                        .getJsonObject("endpoints")
                        .getJsonObject("http")
                        .getInteger("port"))
                .isEqualTo(door.port());
        assertThat(door.get("/v1/brokers").statusCode()).isEqualTo(200);
        assertThat(door.get("/metrics").body()).isEqualTo("thalweg_up 1\n");
        assertThat(door.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(door.get("/health/ready").statusCode()).isEqualTo(200);
        readiness.set(Readiness.notReady("the log directory is offline"));
        HttpResponse<String> notReady = door.get("/health/ready");
        assertThat(notReady.statusCode()).isEqualTo(503);
        assertThat(notReady.body()).contains("offline");
    }

    @Test
    void everyRouteIsDescribedAndEveryDescribedRouteIsServed() {
        DoorContext context = new DoorContext(
                door.broker().api(),
                io.thalweg.client.LocalClient.create(door.vertx(), door.broker().api()),
                HttpGatewayConfig.defaults(),
                java.util.List.of());
        HttpRoutes routes = new HttpRoutes(
                door.vertx(), context, context.client().producer(io.thalweg.client.ProducerConfig.defaults()));
        Set<String> served = new TreeSet<>();
        routes.router()
                .getRoutes()
                .forEach(route -> route.methods()
                        .forEach(method ->
                                served.add(method.name() + " " + route.getName().replaceAll(":([a-z]+)", "{$1}"))));

        assertThat(served).isEqualTo(OpenApiContract.operationsOfTheDoor());
        assertThat(door.get("/v1/openapi.json").body()).contains("\"openapi\": \"3.1.0\"");
    }

    @Test
    void onlyJsonIsTakenForAdministration() {
        for (String type : new String[] {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
            HttpResponse<String> answer = door.send(door.request("/v1/topics")
                    .header("Content-Type", type)
                    .POST(BodyPublishers.ofString("{\"name\":\"x\"}")));
            assertThat(answer.statusCode()).as(type).isEqualTo(415);
        }
    }

    private static String config(JsonObject topic, String name) {
        return topic.getJsonArray("configs").stream()
                .map(config -> (JsonObject) config)
                .filter(config -> config.getString("name").equals(name))
                .findFirst()
                .orElseThrow()
                .getString("value");
    }
}
