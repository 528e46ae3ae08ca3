package io.thalweg.connectors.api;

import io.vertx.core.json.JsonObject;
import java.util.List;

/** A kind of connector. Stateless: one instance serves every connector of its kind on the node, from any thread. */
public sealed interface ConnectorPlugin permits SourcePlugin, SinkPlugin {

    /** What configurations call it in {@code connector.class}, for example {@code file-source}: [a-z0-9-]{1,64}. */
    String name();

    String version();

    /** One sentence for people who choose among plugins. */
    String description();

    /**
     * JSON Schema (2020-12) of an object: the connector's own keys, each with description, default and bounds. Every value
     * arrives as text, as Kafka Connect's configurations do, and is converted to the type that the schema names. Forms are
     * built from it: {@code x-group}, {@code x-order}, {@code x-display-name}, {@code x-importance} (high, medium, low),
     * {@code x-secret} (shown masked).
     */
    JsonObject configSchema();

    /**
     * Defaults of the keys that every connector has, where they are not the runtime's for this kind; for example
     * {@code value.converter} of a sink that wants the log's bytes as they are.
     */
    default JsonObject commonDefaults() {
        return new JsonObject();
    }

    /**
     * What a schema cannot say: keys that contradict each other, paths outside the allowed roots, URLs that may not be
     * reached. Changes nothing and opens nothing.
     *
     * @param config converted to the schema's types, defaults filled in
     */
    default List<ConfigProblem> check(JsonObject config, HostPolicy policy) {
        return List.of();
    }

    /**
     * Divides the work: a configuration for each task, at least one and at most {@code tasksMax}. By default one task
     * with everything for a source; the runtime divides a sink's partitions by itself.
     */
    default List<JsonObject> taskConfigs(JsonObject config, int tasksMax) {
        return List.of(config);
    }

    /**
     * Removes what a node that was killed has left on this host. Called once, before the first task of the node, on a worker
     * thread where it may block; what it throws is logged.
     */
    default void cleanUp() {}

    /** Whether tasks block and so run on worker threads (virtual ones on Java 21 and later). */
    default boolean blocking() {
        return false;
    }

    /** What a reader may rely on after kill -9. */
    Delivery delivery();

    /**
     * What a reader may rely on with this configuration, where that depends on it; for example because a child process
     * must say that it gives the same records again.
     *
     * @param config converted to the schema's types, defaults filled in
     */
    default Delivery delivery(JsonObject config) {
        return delivery();
    }

    /** See {@link #delivery}. */
    enum Delivery {
        /** Each record once: a source that reads the same records again from a position, a sink that keeps its position with its data. */
        EXACTLY_ONCE,
        /** Each record at least once. */
        AT_LEAST_ONCE
    }
}
