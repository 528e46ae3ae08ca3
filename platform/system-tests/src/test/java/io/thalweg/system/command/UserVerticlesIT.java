package io.thalweg.system.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verticles from the configuration: they work beside the broker and cannot take it down. */
class UserVerticlesIT {

    @TempDir
    Path directory;

    @Test
    void oneThatFailsAndOneThatThrowsLeaveTheNodeServing() throws Exception {
        Path settings = directory.resolve("verticles.json");
        Files.writeString(
                settings,
                new JsonObject()
                        .put("verticleClassPath", new JsonArray().add("target/test-classes/"))
                        .put(
                                "verticles",
                                new JsonArray()
                                        .add(new JsonObject().put("name", "java:com.acme.Absent"))
                                        .add(new JsonObject().put("name", "java:" + RefusingVerticle.class.getName()))
                                        .add(new JsonObject()
                                                .put("name", "java:" + GreetingVerticle.class.getName())
                                                .put("config", new JsonObject().put("topic", "greetings"))))
                        .encode());
        try (NodeProcess node = NodeProcess.in(directory).withOptions("--conf", settings.toString())) {
            node.start();

            CommandRun read = CommandRun.of(directory, "consume", "greetings", "--url=" + node.http());

            assertThat(read.out()).as(read.err() + node.printed()).isEqualTo("greetings\n");
            assertThat(node.printed()).contains("com.acme.Absent", "not today");
            assertThat(node.stop()).isZero();
        }
    }
}
