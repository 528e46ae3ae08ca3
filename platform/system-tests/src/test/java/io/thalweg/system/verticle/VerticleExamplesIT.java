package io.thalweg.system.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.thalweg.system.node.PublishedRecords;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/VERTICLES.md shows is what is compiled and run here. */
class VerticleExamplesIT {

    private static final Path EXAMPLES = Sources.DOCS.resolve("examples");

    @TempDir
    Path directory;

    @Test
    void theDocumentShowsTheExamplesAsTheyAre() throws Exception {
        String document = Files.readString(Sources.DOCS.resolve("VERTICLES.md"));

        for (Path source : Sources.all(EXAMPLES)) {
            assertThat(document)
                    .as(source.toString())
                    .contains(Files.readString(source).strip());
        }
        assertThat(document)
                .contains(Files.readString(EXAMPLES.resolve("verticles/verticles.json"))
                        .strip());
    }

    @Test
    void threeVerticlesPassRecordsOverTheEventBusAndTheClient() throws Exception {
        Path classes = Sources.compile(EXAMPLES.resolve("verticles"), directory.resolve("classes"));
        JsonObject settings = new JsonObject(Files.readString(EXAMPLES.resolve("verticles/verticles.json")))
                .put("verticleClassPath", new JsonArray().add(classes + "/"));
        settings.getJsonArray("verticles")
                .getJsonObject(0)
                .getJsonObject("config")
                .put("intervalMillis", 10);
        Path conf = Files.writeString(directory.resolve("conf.json"), settings.encode());
        try (NodeProcess node = NodeProcess.in(directory).withOptions("--conf", conf.toString())) {
            node.start();

            JsonArray clicks = PublishedRecords.await(node, "clicks", 3);
            JsonArray pages = PublishedRecords.await(node, "pages", 30);
            JsonArray alerts = PublishedRecords.await(node, "alerts", 3);

            assertThat(clicks.getJsonObject(1).getJsonObject("value"))
                    .isEqualTo(new JsonObject().put("page", "/page/1"));
            assertThat(pages.getJsonObject(29).getJsonObject("value")).isEqualTo(new JsonObject().put("count", 10));
            assertThat(alerts.stream().map(JsonObject.class::cast).map(alert -> alert.getString("key")))
                    .containsExactly("/page/0", "/page/1", "/page/2");
            assertThat(node.stop()).as(node.printed()).isZero();
        }
    }

    @Test
    void aVertxApplicationEmbedsTheNodeAndGoesOnWithoutIt() throws Exception {
        Path classes = Sources.compile(EXAMPLES.resolve("embedded"), directory.resolve("classes"));
        Path out = directory.resolve("out.txt");

        Process application = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classes + File.pathSeparator + Sources.JAR,
                        "Shop",
                        directory.resolve("data").toString()))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = application.waitFor(120, TimeUnit.SECONDS);
        application.destroyForcibly().waitFor();

        assertThat(ended).as(Files.readString(out)).isTrue();
        assertThat(Files.readString(out))
                .contains("the HTTP door is at port ", "seen: one pizza")
                .doesNotContain("Exception");
    }
}
