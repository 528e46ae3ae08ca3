package io.thalweg.system.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.thalweg.system.node.PublishedRecords;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verticle that fails, throws, blocks or hangs harms nobody and shows in the list. */
class VerticleIsolationIT {

    @TempDir
    Path directory;

    private Path sources = Path.of("");
    private Path classes = Path.of("");

    @BeforeEach
    void places() {
        sources = directory.resolve("src");
        classes = directory.resolve("classes");
    }

    @Test
    void eachKindOfMisbehaviourShowsAndTheOthersGoOn() throws Exception {
        write("Fine", "vertx.setPeriodic(10, t -> say(\"fine\"));");
        write("Blocking", "context.runOnContext(t -> waitForEver());");
        write("Throwing", "vertx.setPeriodic(10, t -> { throw new IllegalStateException(\"a mistake\"); });");
        write("Failing", "if (true) { throw new IllegalStateException(\"not today\"); }");
        write("Exiting", "if (true) { throw new NoClassDefFoundError(\"com/acme/Gone\"); }");
        write("Statics", "say(\"static \" + ++started);");
        Sources.compile(sources, classes);
        JsonArray verticles = new JsonArray()
                .add(verticle("Blocking").put("instances", 3))
                .add(verticle("Throwing"))
                .add(verticle("Failing"))
                .add(verticle("Exiting"))
                .add(new JsonObject().put("name", "java:com.acme.Absent"))
                .add(verticle("Statics").put("id", "one"))
                .add(verticle("Statics").put("id", "two"))
                .add(verticle("Fine"));
        try (NodeProcess node = node(verticles)) {
            node.start();

            PublishedRecords.await(node, "said", 20);
            JsonObject blocked =
                    Http.until(node, "/v1/verticles/Blocking", answer -> answer.getInteger("blockedInstances") == 3);
            JsonObject located = Http.until(
                    node,
                    "/v1/verticles/Blocking",
                    answer -> answer.getString("failure", "").contains("Blocking.waitForEver(Blocking.java:"));
            JsonObject throwing =
                    Http.until(node, "/v1/verticles/Throwing", answer -> answer.getLong("exceptions") > 5);

            assertThat(blocked.getString("state")).isEqualTo("blocked");
            assertThat(blocked.getInteger("startedInstances")).isEqualTo(3);
            assertThat(located.getString("failure")).contains("did not answer since " + located.getString("since"));
            assertThat(throwing.getString("failure")).contains("a mistake");
            assertThat(Http.verticle(node, "Failing").getString("failure")).contains("not today");
            assertThat(Http.verticle(node, "Failing").getString("state")).isEqualTo("failed");
            assertThat(Http.verticle(node, "Exiting").getString("failure")).contains("com/acme/Gone");
            assertThat(Http.verticle(node, "com.acme.Absent").getString("failure"))
                    .contains("ClassNotFoundException");
            assertThat(Http.get(node, "/v1/verticles").getJsonArray("verticles"))
                    .hasSize(8);
            JsonObject fine = Http.verticle(node, "Fine");
            assertThat(fine.getString("deploymentId")).isNotBlank();
            assertThat(fine.getLong("uptimeMillis")).isPositive();
            // Each has classes of its own: neither saw the other's static field.
            JsonObject said = Http.until(
                    node,
                    "/v1/topics/said/records?partition=0&from=earliest&limit=10000",
                    answer -> statics(answer).size() >= 2);
            assertThat(statics(said)).containsExactly("static 1", "static 1");
            assertThat(node.stop()).as(node.printed()).isZero();
        }
    }

    @Test
    void aRestartTakesTheJarAsItIsNow() throws Exception {
        write("Versions", "say(\"version 1\");");
        Sources.compile(sources, classes);
        try (NodeProcess node = node(new JsonArray().add(verticle("Versions")))) {
            node.start();
            PublishedRecords.await(node, "said", 1);
            write("Versions", "say(\"version 2\");");
            Sources.compile(sources, classes);

            JsonObject restarted = new JsonObject(
                    Http.send(node, "POST", "/v1/verticles/Versions/restart").body());
            JsonArray said = PublishedRecords.await(node, "said", 2);
            JsonObject stopped = new JsonObject(
                    Http.send(node, "POST", "/v1/verticles/Versions/stop").body());

            assertThat(restarted.getString("state")).isEqualTo("running");
            assertThat(said.getJsonObject(0).getString("value")).isEqualTo("version 1");
            assertThat(said.getJsonObject(1).getString("value")).isEqualTo("version 2");
            assertThat(stopped.getString("state")).isEqualTo("stopped");
            assertThat(Http.send(node, "GET", "/v1/verticles/absent").statusCode())
                    .isEqualTo(404);
            assertThat(Http.send(node, "GET", "/v1/verticles/absent").body()).contains("RESOURCE_NOT_FOUND");
        }
    }

    @Test
    void aRestartEndsWhatWaitsAndLeavesNoConsumerInItsGroup() throws Exception {
        write("Waiting", "context.runOnContext(t -> waitForEver());");
        write("Reading", """
                ThalwegClient client = ThalwegClient.of(vertx);
                Consumer consumer = client.consumer(ConsumerConfig.inGroup("readers"));
                consumer.handler(record -> say(record.topic()));
                if (true) {
                    return client.topics().getOrAutoCreate("read").compose(t -> consumer.subscribe(java.util.Set.of("read")));
                }""");
        Sources.compile(sources, classes);
        try (NodeProcess node = node(new JsonArray().add(verticle("Waiting")).add(verticle("Reading")))) {
            node.start();
            Http.until(
                    node,
                    "/v1/verticles/Waiting",
                    answer -> answer.getString("state").equals("blocked"));
            write("Waiting", "say(\"no more\");");
            Sources.compile(sources, classes);

            HttpResponse<String> waiting = Http.send(node, "POST", "/v1/verticles/Waiting/restart");
            HttpResponse<String> reading = Http.send(node, "POST", "/v1/verticles/Reading/restart");
            JsonObject group = Http.get(node, "/v1/groups/readers");

            assertThat(new JsonObject(waiting.body()).getString("state"))
                    .as(waiting.body())
                    .isEqualTo("running");
            assertThat(new JsonObject(reading.body()).getString("state"))
                    .as(reading.body())
                    .isEqualTo("running");
            assertThat(group.getJsonArray("members")).as(group.encode()).hasSize(1);
            assertThat(PublishedRecords.await(node, "said", 1).getJsonObject(0).getString("value"))
                    .isEqualTo("no more");
            assertThat(node.stop()).as(node.printed()).isZero();
        }
    }

    private static List<String> statics(JsonObject answer) {
        return answer.getJsonArray("records").stream()
                .map(record -> ((JsonObject) record).getString("value"))
                .filter(said -> said.startsWith("static"))
                .toList();
    }

    private void write(String name, String start) throws Exception {
        Sources.write(sources, name, """
                import io.thalweg.client.*;
                import io.vertx.core.*;
                import io.vertx.core.eventbus.DeliveryOptions;
                import io.vertx.core.json.JsonObject;
                public class %s extends VerticleBase {
                    static int started;
                    @Override public Future<?> start() {
                        %s
                        return Future.succeededFuture();
                    }
                    void waitForEver() {
                        try {
                            new java.util.concurrent.CountDownLatch(1).await();
                        } catch (InterruptedException stopped) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    void say(String what) {
                        vertx.eventBus().request("produce", new JsonObject().put("value", what),
                                new DeliveryOptions().addHeader("topic", "said"));
                    }
                }
                """.formatted(name, start));
    }

    private static JsonObject verticle(String name) {
        return new JsonObject().put("id", name).put("name", "java:" + name);
    }

    private NodeProcess node(JsonArray verticles) throws Exception {
        Path conf = Files.writeString(
                directory.resolve("conf.json"),
                new JsonObject()
                        .put("verticleClassPath", new JsonArray().add(classes + "/"))
                        .put("verticles", verticles)
                        .encode());
        return NodeProcess.in(directory).withOptions("--conf", conf.toString());
    }
}
