package io.thalweg.launcher.node;

import io.vertx.core.json.JsonObject;

/**
 * A user's verticle.
 *
 * @param className without the {@code java:} prefix
 * @param worker whether it may block
 */
public record VerticleConfig(String className, int instances, boolean worker, JsonObject config) {

    static VerticleConfig from(JsonObject settings) {
        return new VerticleConfig(
                settings.getString("name").substring("java:".length()),
                settings.getInteger("instances", 1),
                settings.getBoolean("worker", false),
                settings.getJsonObject("config", new JsonObject()));
    }
}
