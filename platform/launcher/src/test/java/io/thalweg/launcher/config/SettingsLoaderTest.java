package io.thalweg.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderTest {

    @TempDir
    Path directory;

    @Test
    void laterSourcesWinOverEarlierOnes() throws Exception {
        Path first = file("first.json", "{\"http\": {\"port\": 1, \"host\": \"localhost\"}, \"kafka\": {\"port\": 1}}");
        Path second = file("second.json", "{\"http\": {\"port\": 2}, \"kafka\": {\"port\": 2}}");

        Settings settings = new SettingsLoader()
                .file(first)
                .file(second)
                .environment(Map.of("THALWEG_KAFKA_PORT", "3", "HOME", "/elsewhere"))
                .set("eventBus.port=4")
                .load();

        assertThat(settings.integer("http.port")).isEqualTo(2);
        assertThat(settings.string("http.host")).isEqualTo("localhost");
        assertThat(settings.integer("kafka.port")).isEqualTo(3);
        assertThat(settings.integer("eventBus.port")).isEqualTo(4);
        assertThat(settings.integer("node.id")).isEqualTo(1);
    }

    @Test
    void aWrongValueNamesKeyOriginFoundAndAllowed() {
        SettingsProblem problem = onlyProblem(new SettingsLoader().set("http.port=70000"));

        assertThat(problem.key()).isEqualTo("http.port");
        assertThat(problem.origin()).isEqualTo("--set");
        assertThat(problem.found()).isEqualTo("70000");
        assertThat(problem.allowed()).isEqualTo("integer from 0 to 65535, default 8080");
    }

    @Test
    void aWrongTypeNamesWhatWasFoundAsItWas() throws IOException {
        Path file = file("wrong.json", "{\"log\": {\"journalBytes\": \"much\"}}");

        SettingsProblem problem = onlyProblem(new SettingsLoader().file(file));

        assertThat(problem.key()).isEqualTo("log.journalBytes");
        assertThat(problem.origin()).isEqualTo(file.toString());
        assertThat(problem.found()).isEqualTo("\"much\"");
        assertThat(problem.allowed()).contains("from 4194304", "in bytes");
    }

    @Test
    void anUnknownKeySuggestsItsNeighbour() {
        SettingsProblem problem = onlyProblem(new SettingsLoader().set("log.journalByte=1"));

        assertThat(problem.key()).isEqualTo("log.journalByte");
        assertThat(problem.allowed()).startsWith("did you mean \"journalBytes\"?");
    }

    @Test
    void anUnknownKeyInAListEntryIsNamedByItsPlace() {
        SettingsProblem problem = onlyProblem(
                new SettingsLoader().set("verticles=[{\"name\": \"java:com.acme.Clicks\", \"instance\": 2}]"));

        assertThat(problem.key()).isEqualTo("verticles.0.instance");
    }

    @Test
    void anUnknownVariableIsRefusedBecauseItIsATypingError() {
        SettingsProblem problem =
                onlyProblem(new SettingsLoader().environment(Map.of("THALWEG_HTP_PORT", "1", "PATH", "/bin")));

        assertThat(problem.key()).isEqualTo("THALWEG_HTP_PORT");
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        SettingsException failure =
                failure(new SettingsLoader().set("http.port=-1").set("kafka.port=x"));

        assertThat(failure.problems()).extracting(SettingsProblem::key).containsExactly("http.port", "kafka.port");
        assertThat(String.valueOf(failure.getMessage()).lines()).hasSize(2);
    }

    @Test
    void aFileThatIsNotJsonIsNamed() throws IOException {
        Path file = file("broken.json", "{\"http\": ");

        SettingsProblem problem = onlyProblem(new SettingsLoader().file(file));

        assertThat(problem.origin()).isEqualTo(file.toString());
        assertThat(problem.toString()).doesNotContain("\n");
    }

    @Test
    void aMissingFileIsNamed() {
        SettingsProblem problem = onlyProblem(new SettingsLoader().file(directory.resolve("absent.json")));

        assertThat(problem.toString()).contains("absent.json", "no such file");
    }

    @Test
    void freeFormKeysMayContainDots() throws Exception {
        Settings settings = new SettingsLoader()
                .set("topicDefaults.retention.ms=5")
                .set("logging.levels.io.thalweg.broker=DEBUG")
                .load();

        assertThat(settings.texts("topicDefaults")).isEqualTo(Map.of("retention.ms", "5"));
        assertThat(settings.texts("logging.levels")).isEqualTo(Map.of("io.thalweg.broker", "DEBUG"));
    }

    @Test
    void aSecretIsNeverPrintedNeitherAsASettingNorInAnError() {
        SettingsSchema schema = new SettingsSchema(new JsonObject("""
                        {"type": "object", "properties": {"door": {"type": "object", "properties": {
                          "password": {"type": ["string", "null"], "minLength": 8, "writeOnly": true, "default": null}}}}}
                        """));
        JsonObject right = new JsonObject("{\"door\": {\"password\": \"canary-canary\"}}");
        JsonObject wrong = new JsonObject("{\"door\": {\"password\": \"canary\"}}");

        List<SettingsProblem> problems = schema.check(wrong, path -> "a file");

        assertThat(new Settings(schema, right).redacted().encode())
                .doesNotContain("canary")
                .contains("********");
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).toString()).contains("door.password").doesNotContain("canary");
    }

    @Test
    void aListMayBeGivenWithCommas() throws Exception {
        Settings settings = new SettingsLoader()
                .set("http.allowedOrigins=https://a.example, https://b.example")
                .load();

        assertThat(settings.strings("http.allowedOrigins")).containsExactly("https://a.example", "https://b.example");
    }

    @Test
    void aKeyThatTheSchemaDoesNotHaveIsADefectOfTheCaller() throws Exception {
        Settings settings = new SettingsLoader().load();

        assertThatThrownBy(() -> settings.integer("http.prot")).isInstanceOf(IllegalArgumentException.class);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static SettingsProblem onlyProblem(SettingsLoader loader) {
        List<SettingsProblem> problems = failure(loader).problems();
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    private static SettingsException failure(SettingsLoader loader) {
        return catchThrowableOfType(SettingsException.class, loader::load);
    }
}
