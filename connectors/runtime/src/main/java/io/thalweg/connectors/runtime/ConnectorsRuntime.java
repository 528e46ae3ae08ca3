package io.thalweg.connectors.runtime;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.directory.ConfigDirectory;
import io.thalweg.connectors.runtime.herder.Herder;
import io.thalweg.connectors.runtime.herder.Herders;
import io.thalweg.connectors.runtime.rest.ConnectRest;
import io.thalweg.connectors.runtime.rest.ConnectorOffsets;
import io.thalweg.connectors.runtime.spread.Seat;
import io.thalweg.connectors.runtime.spread.SeatTasks;
import io.thalweg.connectors.runtime.store.ConfigStore;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.connectors.runtime.task.Turn;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connectors of a node, or of a cluster that it leads: running, stored in the log, changed over REST or by files. */
public final class ConnectorsRuntime {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectorsRuntime.class);

    private final Herder herder;
    private final ConnectRest rest;
    private final @Nullable ConfigDirectory directory;
    private final Stores stores;

    private final @Nullable SeatTasks spread;

    private ConnectorsRuntime(
            Herder herder,
            ConnectRest rest,
            @Nullable ConfigDirectory directory,
            Stores stores,
            @Nullable SeatTasks spread) {
        this.herder = herder;
        this.rest = rest;
        this.directory = directory;
        this.stores = stores;
        this.spread = spread;
    }

    private record Stores(ConfigStore configs, OffsetStore offsets, StatusStore statuses) {
        Future<Void> close() {
            return Future.join(configs.close(), offsets.close(), statuses.close())
                    .mapEmpty();
        }
    }

    /**
     * Of a node alone. Reads the internal topics back, starts what they say, then applies the directory. Completes when
     * connectors are planned; their tasks start by themselves, and one that fails keeps nothing else from starting.
     */
    public static Future<ConnectorsRuntime> start(
            Vertx vertx, ThalwegClient client, RuntimeConfig config, List<ConnectorPlugin> plugins) {
        return onContext(vertx, context -> {
            Stores stores = new Stores(
                    new ConfigStore(vertx, client),
                    new OffsetStore(vertx, client),
                    new StatusStore(vertx, client, config.workerId()));
            Herders made = new Herders(
                    vertx,
                    context,
                    config,
                    plugins,
                    stores.configs(),
                    stores.statuses(),
                    Herders.tasks(vertx, client, config, plugins, stores.offsets(), stores.statuses()));
            return vertx.executeBlocking(
                            () -> {
                                cleanUp(plugins);
                                return null;
                            },
                            false)
                    .compose(clean -> stores.offsets().load())
                    .compose(loaded -> stores.statuses().load())
                    .compose(loaded -> made.start())
                    .compose(started -> serve(vertx, context, client, config, made, stores, null));
        });
    }

    /**
     * Of the node that leads a cluster's connectors: it claims the internal topics, takes over what runs, and spreads the tasks.
     * Fails, and leaves what runs as it is, if the node turns out not to be seated.
     */
    public static Future<ConnectorsRuntime> lead(
            Vertx vertx, ThalwegClient client, RuntimeConfig config, List<ConnectorPlugin> plugins, Seat seat) {
        return onContext(vertx, context -> {
            Stores stores = new Stores(
                    new ConfigStore(vertx, client, seat.claim()),
                    new OffsetStore(vertx, client, seat.claim()),
                    new StatusStore(vertx, client, config.workerId(), seat.claim()));
            SeatTasks spread =
                    new SeatTasks(vertx, context, seat, config.limits(), stores.offsets(), stores.statuses());
            Herders made = new Herders(vertx, context, config, plugins, stores.configs(), stores.statuses(), spread);
            return stores.offsets()
                    .load()
                    // Who is not seated any more learns it before it asks anybody for anything.
                    .compose(claim -> seat.confirm().get().map(claim))
                    .compose(claim -> stores.statuses().load().map(claim))
                    .compose(claim -> spread.begin(claim, made::rebalance))
                    .compose(begun -> Turn.on(context, made::start))
                    .compose(planned -> Turn.on(context, () -> {
                        spread.planned(made.names());
                        return serve(vertx, context, client, config, made, stores, spread);
                    }))
                    .recover(failure -> spread.close(List.of())
                            .transform(closed -> stores.close())
                            .transform(closed -> Future.failedFuture(failure)));
        });
    }

    /** Makes the topic that a group of nodes takes turns by, if it is not there: {@link ConfigStore#TOPIC}. On an event loop. */
    public static Future<Void> prepare(Vertx vertx, ThalwegClient client) {
        ConfigStore configs = new ConfigStore(vertx, client);
        return configs.create().eventually(configs::close);
    }

    private static Future<ConnectorsRuntime> serve(
            Vertx vertx,
            ContextInternal context,
            ThalwegClient client,
            RuntimeConfig config,
            Herders made,
            Stores stores,
            @Nullable SeatTasks spread) {
        Herder herder = made.herder();
        Path path = config.directory();
        ConfigDirectory directory = path == null
                ? null
                : new ConfigDirectory(vertx, context, herder, path, config.directoryPollMillis(), config.owner());
        ConnectRest rest = new ConnectRest(
                herder,
                new ConnectorOffsets(client, stores.offsets()),
                stores.statuses(),
                config,
                client.cluster()::clusterId);
        ConnectorsRuntime runtime = new ConnectorsRuntime(herder, rest, directory, stores, spread);
        return directory == null
                ? Future.succeededFuture(runtime)
                : directory.start().map(runtime);
    }

    private static <T> Future<T> onContext(Vertx vertx, Function<ContextInternal, Future<T>> work) {
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        return Turn.on(context, () -> work.apply(context));
    }

    /** Removes what an earlier run of this node has left. May block; before the first task. */
    @SuppressWarnings("CatchingUnchecked") // a plugin's mistake must not keep the node from starting
    public static void cleanUp(List<ConnectorPlugin> plugins) {
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
    }

    /** Members of the cluster's group may have come or gone. Any thread. */
    public void onMembersChanged() {
        SeatTasks spreading = spread;
        if (spreading != null) {
            spreading.refresh();
        }
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
        return stores.statuses().topics(connector);
    }

    /** Stops the tasks, each with its positions stored; those of a cluster go on for whoever leads next. Never fails. */
    public Future<Void> close() {
        Future<Void> first = directory == null ? Future.succeededFuture() : directory.close();
        return first.transform(closed -> Herders.close(herder))
                .transform(stopped -> stores.close())
                .transform(closed -> Future.succeededFuture());
    }
}
