package io.thalweg.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.connectors.api.ConfigProblem;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people see of the plugins before anything runs. */
class FilePluginsTest {

    @TempDir
    Path root;

    @Test
    void theServiceLoaderFindsAllThree() {
        List<String> names = new ArrayList<>();
        ServiceLoader.load(ConnectorPlugin.class).forEach(plugin -> names.add(plugin.name()));
        assertThat(names).containsExactlyInAnyOrder("file-source", "file-sink", "generate");
    }

    @Test
    void everyKeyOfTheExamplesExists() throws Exception {
        Map<String, JsonObject> schemas = new HashMap<>();
        ServiceLoader.load(ConnectorPlugin.class)
                .forEach(plugin ->
                        schemas.put(plugin.name(), plugin.configSchema().getJsonObject("properties")));
        int found = 0;
        try (DirectoryStream<Path> examples =
                Files.newDirectoryStream(Path.of("../../conf/examples/connectors"), "*.json")) {
            for (Path example : examples) {
                JsonObject config = new JsonObject(Files.readString(example));
                JsonObject schema = schemas.get(config.getString("connector.class"));
                if (schema != null) {
                    found++;
                    for (String key : config.fieldNames()) {
                        boolean common = key.matches("name|connector\\.class|topics|tasks\\.max|errors\\..*");
                        assertThat(common || schema.containsKey(key))
                                .as("%s: %s", example.getFileName(), key)
                                .isTrue();
                    }
                }
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(schemas.size());
    }

    @Test
    void everyKeyHasADescriptionABoundAndADefaultOrNoneOnPurpose() {
        List<String> withoutDefault =
                List.of("file", "directory", "topic", "key.field", "timestamp.field", "csv.columns");
        for (ConnectorPlugin plugin : ServiceLoader.load(ConnectorPlugin.class)) {
            JsonObject properties = plugin.configSchema().getJsonObject("properties");
            for (String key : properties.fieldNames()) {
                JsonObject schema = properties.getJsonObject(key);
                assertThat(schema.getString("description")).as(key).isNotBlank();
                assertThat(schema.getString("x-group")).as(key).isNotBlank();
                boolean bounded = schema.containsKey("enum")
                        || schema.containsKey("maxLength")
                        || (schema.containsKey("minimum") && schema.containsKey("maximum"))
                        || schema.getString("type").equals("boolean");
                assertThat(bounded).as(key).isTrue();
                assertThat(schema.containsKey("default")).as(key).isNotEqualTo(withoutDefault.contains(key));
            }
        }
    }

    @Test
    void aSourceSaysWhichKeysContradictEachOther() {
        assertThat(problems(new FileSourcePlugin(), new JsonObject())).containsExactly("file");
        assertThat(problems(new FileSourcePlugin(), source().put("directory", root.toString())))
                .containsExactly("file");
        assertThat(problems(new FileSourcePlugin(), source().put("key.field", "id")))
                .containsExactly("key.field");
        assertThat(problems(new FileSourcePlugin(), source().put("format", "json-array")))
                .containsExactly("follow");
        assertThat(problems(
                        new FileSourcePlugin(),
                        source().put("format", "csv").put("csv.header", false).put("csv.delimiter", "\"")))
                .containsExactly("csv.columns", "csv.delimiter");
        assertThat(problems(
                        new FileSourcePlugin(),
                        source().put("timestamp.format", "bogus").put("timestamp.zone", "Mars/Base")))
                .containsExactly("timestamp.format", "timestamp.zone");
        assertThat(problems(new FileSourcePlugin(), new JsonObject().put("file", "/etc/passwd")))
                .containsExactly("file");
        assertThat(problems(new FileSourcePlugin(), source())).isEmpty();
    }

    @Test
    void aSinkSaysWhichKeysContradictEachOther() {
        assertThat(problems(new FileSinkPlugin(), new JsonObject().put("directory", "/etc")))
                .containsExactly("directory");
        assertThat(problems(new FileSinkPlugin(), sink().put("format", "csv"))).containsExactly("csv.columns");
        assertThat(problems(new FileSinkPlugin(), sink().put("format", "lines").put("envelope", true)))
                .containsExactly("envelope");
        assertThat(problems(new FileSinkPlugin(), sink())).isEmpty();
    }

    private JsonObject source() {
        return new JsonObject().put("file", root.resolve("x").toString());
    }

    private JsonObject sink() {
        return new JsonObject().put("directory", root.toString());
    }

    private List<String> problems(ConnectorPlugin plugin, JsonObject given) {
        Vertx vertx = Vertx.vertx();
        try {
            TestContext context = new TestContext(vertx, root, plugin, given);
            return plugin.check(context.config(), context.policy()).stream()
                    .map(ConfigProblem::key)
                    .toList();
        } finally {
            vertx.close();
        }
    }
}
