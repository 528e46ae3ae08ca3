package io.thalweg.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsSchemaTest {

    private static final Path CONF = Path.of("..", "..", "conf");

    @Test
    void everyKeyHasADefaultAndADescription() {
        for (SettingsKey key : SettingsSchema.load().keys()) {
            assertThat(key.schema().containsKey("default")).as(key.path()).isTrue();
            assertThat(key.schema().getString("description")).as(key.path()).isNotBlank();
        }
    }

    @Test
    void everyNumberHasBoundsAndASizeOrTimeHasAUnit() {
        for (SettingsKey key : SettingsSchema.load().keys()) {
            if (key.types().contains("integer")) {
                assertThat(key.schema().fieldNames()).as(key.path()).contains("minimum", "maximum");
            }
            if (key.path().endsWith("Millis")) {
                assertThat(key.schema().getString("x-unit")).as(key.path()).isEqualTo("milliseconds");
            }
            if (key.path().contains("Bytes")) {
                assertThat(key.schema().getString("x-unit")).as(key.path()).isEqualTo("bytes");
            }
        }
    }

    @Test
    void theDefaultsSatisfyTheSchema() {
        SettingsSchema schema = SettingsSchema.load();

        assertThat(schema.check(schema.defaults(), path -> "default")).isEmpty();
    }

    @Test
    void theFileOfDefaultsShowsEveryKeyAtItsDefault() throws IOException {
        JsonObject shown = new JsonObject(Files.readString(CONF.resolve("thalweg.json")));
        shown.remove("$schema");

        assertThat(shown).isEqualTo(SettingsSchema.load().defaults());
    }

    @Test
    void everyExampleIsValid() throws Exception {
        try (Stream<Path> examples = Files.list(CONF.resolve("examples"))) {
            for (Path example :
                    examples.filter(file -> file.toString().endsWith(".json")).toList()) {
                assertThat(new SettingsLoader().file(example).load()).isNotNull();
            }
        }
    }

    @Test
    void environmentNamesAreUnique() {
        assertThat(SettingsSchema.load().keys())
                .extracting(SettingsKey::environmentName)
                .doesNotHaveDuplicates();
    }
}
