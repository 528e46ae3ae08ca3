package io.thalweg.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.Seeds;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlainSchemaPropertyTest {

    /** Of every type, at and beside bounds and patterns that the schema has. */
    private static final List<@Nullable Object> VALUES = Arrays.asList(
            null,
            true,
            0,
            1,
            -1L,
            1.0,
            0.5,
            65_535,
            65_536L,
            Long.MAX_VALUE,
            "",
            "a",
            "fsync",
            "host:9092",
            "host",
            "INFO",
            "java:io.thalweg.Example",
            "http://localhost",
            new JsonArray(),
            new JsonArray().add("broker"),
            new JsonArray().add("broker").add("broker"),
            new JsonArray().add("a:1").add(1),
            new JsonArray().add(new JsonObject().put("name", "java:a.B").put("id", "x")),
            new JsonArray().add(new JsonObject().put("id", "x")),
            new JsonObject(),
            new JsonObject().put("io.thalweg", "INFO"),
            new JsonObject().put("io.thalweg", "LOUD"),
            new JsonObject().put("retention.ms", 1).put("name", "text"));

    private final JsonObject schema = read();
    private final List<SettingsKey> keys = new SettingsSchema(schema).keys();

    /** A value here and there is replaced, and a key added. */
    @Seeds(count = 2_000)
    void whatIsRecognisedIsValid(long seed) {
        Random random = new Random(seed);
        JsonObject values = new SettingsSchema(schema).defaults();
        int changes = 1 + random.nextInt(2);
        for (int i = 0; i < changes; i++) {
            String path = keys.get(random.nextInt(keys.size())).path() + (random.nextInt(20) == 0 ? "x" : "");
            put(values, path, VALUES.get(random.nextInt(VALUES.size())));
        }

        boolean recognised = PlainSchema.surelySatisfied(schema, values);

        if (recognised) {
            assertThat(SettingsSchema.validated(schema, values).getValid())
                    .as(values.encode())
                    .isTrue();
        }
    }

    /** Otherwise the property would hold of a class that recognises nothing. */
    @Test
    void everyDefaultAndWhatIsInBoundsIsRecognised() {
        assertThat(PlainSchema.surelySatisfied(schema, new SettingsSchema(schema).defaults()))
                .isTrue();
        int valid = 0;
        List<String> missed = new ArrayList<>();
        for (SettingsKey key : keys) {
            for (Object value : VALUES) {
                JsonObject values = new SettingsSchema(schema).defaults();
                put(values, key.path(), value);
                boolean recognised = PlainSchema.surelySatisfied(schema, values);
                // A whole number that is written with a fraction is an integer too; the settings' own readers never
                // make one.
                if (!recognised && !(value instanceof Double) && isValid(values)) {
                    missed.add(key.path() + "=" + value);
                }
                valid += recognised ? 1 : 0;
            }
        }

        assertThat(missed).isEmpty();
        assertThat(valid).isGreaterThan(keys.size());
    }

    @Test
    void whatItDoesNotKnowItDoesNotRecognise() {
        JsonObject any = new JsonObject().put("key", "value");

        assertThat(PlainSchema.surelySatisfied(new JsonObject(Map.of("const", "value")), "value"))
                .isFalse();
        assertThat(PlainSchema.surelySatisfied(new JsonObject(Map.of("properties", new JsonObject())), any))
                .as("properties without a word on others")
                .isFalse();
        assertThat(PlainSchema.surelySatisfied(new JsonObject(Map.of("type", "decimal")), 1))
                .isFalse();
    }

    private boolean isValid(JsonObject values) {
        return Boolean.TRUE.equals(SettingsSchema.validated(schema, values).getValid());
    }

    private static void put(JsonObject values, String path, @Nullable Object value) {
        String[] steps = path.split("\\.");
        JsonObject at = values;
        for (int i = 0; i < steps.length - 1; i++) {
            if (!(at.getValue(steps[i]) instanceof JsonObject next)) {
                return;
            }
            at = next;
        }
        at.put(steps[steps.length - 1], value);
    }

    private static JsonObject read() {
        try (InputStream in = SettingsSchema.class.getResourceAsStream("/io/thalweg/conf/thalweg.schema.json")) {
            assertThat(in).isNotNull();
            return new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
