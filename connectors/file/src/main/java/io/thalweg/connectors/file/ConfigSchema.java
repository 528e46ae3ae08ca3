package io.thalweg.connectors.file;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;

/** Reads a plugin's schema from its jar. */
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
}
