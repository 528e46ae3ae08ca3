package io.thalweg.launcher.node;

import io.thalweg.client.ThalwegClient;
import io.thalweg.launcher.node.StreamConfig.Definition;
import io.thalweg.streams.StreamDefinition;
import io.thalweg.streams.runtime.StreamsRuntime;
import io.thalweg.streams.runtime.StreamsRuntimeConfig;
import io.thalweg.streams.topology.Topology;
import io.thalweg.streams.topology.TopologyException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application of the configuration: started, and started again while what keeps it from starting may go away, such as a
 * topic that nobody created yet. Confined to the context that started it, but for what is volatile.
 */
final class StreamEntry {

    private static final Logger LOGGER = LoggerFactory.getLogger(StreamEntry.class);
    private static final long RETRY_MILLIS = 2_000;

    private final Vertx vertx;
    private final ThalwegClient client;
    private final Definition definition;
    private final StreamsRuntimeConfig config;
    private final ClassLoader loader;
    private final String instanceId;

    /** The application's once it is known, the class's before. */
    private volatile String name;

    private volatile @Nullable Throwable failure;
    private volatile @Nullable StreamsRuntime runtime;
    private volatile boolean closed;
    private boolean logged;
    private Future<Void> starting = Future.succeededFuture();

    StreamEntry(
            Vertx vertx,
            ThalwegClient client,
            Definition definition,
            StreamsRuntimeConfig config,
            ClassLoader loader,
            String instanceId) {
        this.vertx = vertx;
        this.client = client;
        this.definition = definition;
        this.config = config.withProcessors(definition.instances());
        this.loader = loader;
        this.instanceId = instanceId;
        this.name = definition.className();
    }

    String name() {
        return name;
    }

    String className() {
        return definition.className();
    }

    /** Why it does not run; null if it runs or is still starting. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    @Nullable
    StreamsRuntime runtime() {
        return runtime;
    }

    void start() {
        if (closed) {
            return;
        }
        Topology topology;
        try {
            topology = define();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError refused) {
            fail(refused);
            return;
        }
        name = topology.application();
        starting = StreamsRuntime.start(vertx, client, topology, config, instanceId)
                .transform(outcome -> {
                    if (outcome.succeeded()) {
                        failure = null;
                        runtime = outcome.result();
                    } else {
                        fail(outcome.cause());
                        if (outcome.cause() instanceof TopologyException && !closed) {
                            vertx.setTimer(RETRY_MILLIS, due -> start());
                        }
                    }
                    return Future.succeededFuture();
                });
    }

    private Topology define() throws ReflectiveOperationException {
        Object made = Class.forName(definition.className(), true, loader)
                .getDeclaredConstructor()
                .newInstance();
        if (!(made instanceof StreamDefinition application)) {
            throw new IllegalArgumentException("class=" + definition.className() + " does not implement "
                    + StreamDefinition.class.getName() + "; \"streams\" names classes that do");
        }
        return application.define(definition.config().copy()).topology();
    }

    private void fail(Throwable cause) {
        failure = cause;
        if (!logged) {
            logged = true;
            LOGGER.atError()
                    .addKeyValue("stream", name)
                    .setCause(cause)
                    .log("a stream application did not start; the node runs without it");
        }
    }

    /** Stops it. Never fails. */
    Future<Void> close() {
        closed = true;
        return starting.transform(started -> {
                    StreamsRuntime running = runtime;
                    return running == null ? Future.succeededFuture() : running.close();
                })
                .recover(problem -> {
                    LOGGER.atWarn()
                            .addKeyValue("stream", name)
                            .setCause(problem)
                            .log("a stream failed to stop");
                    return Future.succeededFuture();
                });
    }
}
