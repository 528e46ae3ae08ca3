package io.thalweg.system.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.thalweg.system.node.PublishedRecords;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's stream application, from its source to what it writes, across a kill -9. */
class StreamApplicationIT {

    @TempDir
    Path directory;

    @Test
    void aStreamOfTheConfigurationRunsShowsAndGoesOnAfterAKill() throws Exception {
        Sources.write(directory.resolve("src"), "Shout", """
                import io.thalweg.streams.*;
                import io.vertx.core.json.JsonObject;
                public class Shout implements StreamDefinition {
                    @Override public StreamApp define(JsonObject config) {
                        StreamApp app = StreamApp.named("shout");
                        app.stream("said", Serdes.string(), Serdes.string())
                           .filter(text -> !text.isBlank())
                           .mapValues(text -> text.toUpperCase() + config.getString("end"))
                           .to("shouted");
                        return app;
                    }
                }
                """);
        Sources.compile(directory.resolve("src"), directory.resolve("classes"));
        try (NodeProcess node = node()) {
            node.start();
            publish(node, "one", "", "two");
            List<String> before = values(node, 2);
            JsonObject described =
                    Http.until(node, "/v1/streams/shout", stream -> stream.getLong("lag") == 0 && committed(stream, 3));
            node.kill();
            node.start();
            publish(node, "three");
            List<String> after = values(node, 3);
            JsonArray listed = Http.until(
                            node,
                            "/v1/streams",
                            streams -> streams.getJsonArray("streams").size() == 2)
                    .getJsonArray("streams");

            assertThat(before).containsExactly("ONE!", "TWO!");
            assertThat(after).containsExactly("ONE!", "TWO!", "THREE!");
            assertThat(described
                            .getJsonObject("nodes")
                            .getJsonObject("source:said")
                            .getLong("records"))
                    .isEqualTo(3);
            assertThat(described.getJsonObject("topology").getString("application"))
                    .isEqualTo("shout");
            assertThat(listed.getJsonObject(0).getString("name")).isEqualTo("shout");
            assertThat(listed.getJsonObject(0).getString("state")).isEqualTo("RUNNING");
            assertThat(listed.getJsonObject(1).getString("problem")).contains("Absent");
            assertThat(Http.get(node, "/v1/flow").getJsonArray("nodes").encode())
                    .contains("stream:shout");
            assertThat(Http.send(node, "GET", "/v1/streams/nothing").body()).contains("RESOURCE_NOT_FOUND");
            assertThat(Http.send(node, "GET", "/v1/streams/shout/stores/none").statusCode())
                    .isEqualTo(404);
            assertThat(Http.send(node, "POST", "/v1/streams/shout/pause").body())
                    .contains("PAUSED");
            assertThat(Http.send(node, "POST", "/v1/streams/shout/resume").body())
                    .contains("RUNNING");
            assertThat(Http.send(node, "GET", "/metrics").body()).contains("kafka_streams_process_total");
            assertThat(node.stop()).as(node.printed()).isZero();
        }
    }

    private static boolean committed(JsonObject stream, long offset) {
        JsonArray tasks = stream.getJsonArray("tasks");
        return tasks.size() == 1
                && tasks.getJsonObject(0)
                                .getJsonArray("inputs")
                                .getJsonObject(0)
                                .getLong("committed")
                        == offset;
    }

    private static List<String> values(NodeProcess node, int count) throws Exception {
        return PublishedRecords.await(node, "shouted", count).stream()
                .map(record -> ((JsonObject) record).getString("value"))
                .toList();
    }

    private static void publish(NodeProcess node, String... values) throws Exception {
        JsonArray records = new JsonArray();
        for (String value : values) {
            records.add(new JsonObject().put("value", value));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(node.http() + "/v1/topics/said/records"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        new JsonObject().put("records", records).encode()))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private NodeProcess node() throws Exception {
        Path conf = Files.writeString(
                directory.resolve("conf.json"),
                new JsonObject()
                        .put("verticleClassPath", new JsonArray().add(directory.resolve("classes") + "/"))
                        .put(
                                "streams",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("name", "java:Shout")
                                                .put("config", new JsonObject().put("end", "!")))
                                        .add(new JsonObject().put("name", "java:Absent")))
                        .encode());
        return NodeProcess.in(directory).withOptions("--conf", conf.toString());
    }
}
