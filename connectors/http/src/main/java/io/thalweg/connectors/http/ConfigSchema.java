package io.thalweg.connectors.http;

import io.thalweg.connectors.api.ConfigProblem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/** Reads a plugin's schema from its jar, and says what is wrong with single keys. */
final class ConfigSchema {

    private ConfigSchema() {}

    static JsonObject load(String plugin) {
        String name = plugin + ".schema.json";
        try (InputStream in = ConfigSchema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("schema is missing from the jar: " + name);
            }
            return new JsonObject(Buffer.buffer(in.readAllBytes()));
        } catch (IOException e) {
            throw new IllegalStateException("schema cannot be read: " + name, e);
        }
    }

    /** Adds a problem if the key has a value that the check throws at. */
    static void check(
            JsonObject config, String key, boolean secret, List<ConfigProblem> problems, Consumer<String> check) {
        String value = config.getString(key);
        if (value == null) {
            return;
        }
        try {
            check.accept(value);
        } catch (IllegalArgumentException e) {
            problems.add(new ConfigProblem(key, secret ? null : value, String.valueOf(e.getMessage())));
        }
    }
}
