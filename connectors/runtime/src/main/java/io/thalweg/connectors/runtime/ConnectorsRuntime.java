package io.thalweg.connectors.runtime;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.directory.ConfigDirectory;
import io.thalweg.connectors.runtime.herder.Herder;
import io.thalweg.connectors.runtime.herder.Herders;
import io.thalweg.connectors.runtime.policy.NodeHostPolicy;
import io.thalweg.connectors.runtime.rest.ConnectRest;
import io.thalweg.connectors.runtime.rest.ConnectorOffsets;
import io.thalweg.connectors.runtime.store.ConfigStore;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connectors of a node: running, stored in the log, changed over REST or by files. */
public final class ConnectorsRuntime {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectorsRuntime.class);

    private final Herder herder;
    private final ConnectRest rest;
    private final @Nullable ConfigDirectory directory;
    private final ConfigStore configs;
    private final OffsetStore offsets;
    private final StatusStore statuses;

    private ConnectorsRuntime(
            Herder herder,
            ConnectRest rest,
            @Nullable ConfigDirectory directory,
            ConfigStore configs,
            OffsetStore offsets,
            StatusStore statuses) {
        this.herder = herder;
        this.rest = rest;
        this.directory = directory;
        this.configs = configs;
        this.offsets = offsets;
        this.statuses = statuses;
    }

    /**
     * Reads the internal topics back, starts what they say, then applies the directory. Completes when connectors are
     * planned; their tasks start by themselves, and one that fails keeps nothing else from starting.
     */
    public static Future<ConnectorsRuntime> start(
            Vertx vertx, ThalwegClient client, RuntimeConfig config, List<ConnectorPlugin> plugins) {
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        Promise<ConnectorsRuntime> started = Promise.promise();
        context.runOnContext(turn -> {
            try {
                start(vertx, context, client, config, plugins).onComplete(started);
            } catch (RuntimeException refused) {
                started.fail(refused);
            }
        });
        return started.future();
    }

    /** Makes the topic that a group of nodes takes turns by, if it is not there: {@link ConfigStore#TOPIC}. On an event loop. */
    public static Future<Void> prepare(Vertx vertx, ThalwegClient client) {
        ConfigStore configs = new ConfigStore(vertx, client);
        return configs.create().eventually(configs::close);
    }

    private static Future<ConnectorsRuntime> start(
            Vertx vertx,
            ContextInternal context,
            ThalwegClient client,
            RuntimeConfig config,
            List<ConnectorPlugin> plugins) {
        ConfigStore configs = new ConfigStore(vertx, client);
        OffsetStore offsets = new OffsetStore(vertx, client);
        StatusStore statuses = new StatusStore(vertx, client, config.workerId());
        Herders made = new Herders(
                vertx,
                context,
                client,
                config,
                plugins,
                new NodeHostPolicy(config.policy()),
                configs,
                offsets,
                statuses);
        Herder herder = made.herder();
        return vertx.executeBlocking(() -> cleanUp(plugins), false)
                .compose(clean -> offsets.load())
                .compose(loaded -> statuses.load())
                .compose(loaded -> made.start())
                .compose(loaded -> {
                    Path path = config.directory();
                    ConfigDirectory directory = path == null
                            ? null
                            : new ConfigDirectory(
                                    vertx, context, herder, path, config.directoryPollMillis(), config.owner());
                    ConnectRest rest = new ConnectRest(
                            herder,
                            new ConnectorOffsets(client, offsets),
                            statuses,
                            config,
                            client.cluster()::clusterId);
                    ConnectorsRuntime runtime =
                            new ConnectorsRuntime(herder, rest, directory, configs, offsets, statuses);
                    return directory == null
                            ? Future.succeededFuture(runtime)
                            : directory.start().map(runtime);
                });
    }

    @SuppressWarnings("CatchingUnchecked") // a plugin's mistake must not keep the node from starting
    private static @Nullable Void cleanUp(List<ConnectorPlugin> plugins) {
        for (ConnectorPlugin plugin : plugins) {
            try {
                plugin.cleanUp();
            } catch (RuntimeException failure) {
                LOGGER.atWarn()
                        .addKeyValue("plugin", plugin.name())
                        .setCause(failure)
                        .log("what an earlier run of the node left could not be removed");
            }
        }
        return null;
    }

    /** Kafka Connect's routes, to be mounted into the HTTP door. */
    public ConnectRest rest() {
        return rest;
    }

    public Herder herder() {
        return herder;
    }

    /** Of each task that ran since the node started. */
    public Collection<TaskMetrics> metrics() {
        return herder.metrics();
    }

    /** Topics that a connector has written to or read from. */
    public Set<String> topics(String connector) {
        return statuses.topics(connector);
    }

    /** Stops the tasks, each with its positions stored. Never fails. */
    public Future<Void> close() {
        Future<Void> first = directory == null ? Future.succeededFuture() : directory.close();
        return first.transform(closed -> Herders.close(herder))
                .transform(stopped -> Future.join(configs.close(), offsets.close(), statuses.close()))
                .transform(closed -> Future.succeededFuture());
    }
}
