package io.thalweg.streams;

import io.vertx.core.json.JsonObject;

/**
 * A stream application that a node starts from its configuration:
 * {@code "streams": [{"name": "java:com.acme.Delays", "config": {}}]} names a class with a public no-argument constructor.
 */
@FunctionalInterface
public interface StreamDefinition {

    /**
     * Describes the application. Called once at start, on an event loop: must not block.
     *
     * @param config the entry's {@code config}, empty if it has none
     */
    StreamApp define(JsonObject config);
}
