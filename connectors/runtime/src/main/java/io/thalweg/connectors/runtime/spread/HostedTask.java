package io.thalweg.connectors.runtime.spread;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.runtime.herder.TaskFactory;
import io.thalweg.connectors.runtime.herder.TaskInstance;
import io.thalweg.connectors.runtime.herder.TaskMovedException;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.UsedTopics;
import io.thalweg.connectors.runtime.task.DeadLetters;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.connectors.runtime.task.Turn;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A task that this node runs for the cluster, from the wish to its end. Confined to the worker's context. */
final class HostedTask {

    private static final long READ_MILLIS = 30_000;

    private final ContextInternal context;
    private final TaskIdentity identity;
    private final JsonObject config;
    private final PositionRelay relay;
    private final OffsetStore positions;
    private final Promise<Void> started = Promise.promise();

    private @Nullable TaskInstance instance;
    private @Nullable Future<Void> ended;

    /** How the seated node knows it: it changes when another one takes it over. */
    private long claim;

    /** -1 while that one knows that it runs, and has not decided what becomes of it. */
    private long number;

    HostedTask(
            Vertx vertx,
            ContextInternal context,
            ThalwegClient client,
            TaskIdentity identity,
            JsonObject config,
            PositionRelay relay) {
        this.context = context;
        this.identity = identity;
        this.config = config;
        this.relay = relay;
        this.positions = OffsetStore.relayed(vertx, client, identity.connector(), relay);
    }

    TaskIdentity identity() {
        return identity;
    }

    JsonObject config() {
        return config;
    }

    long claim() {
        return claim;
    }

    long number() {
        return number;
    }

    boolean ending() {
        return ended != null;
    }

    /** The seated node knows it by this number from here on. */
    void know(long seatClaim, long seatNumber) {
        claim = seatClaim;
        number = seatNumber;
    }

    Future<Void> started() {
        return started.future();
    }

    /**
     * @param before completes when nothing else runs the task here
     * @param failed told if it ends by itself once it was started
     */
    void begin(
            Future<Void> before,
            ConnectorPlugin plugin,
            TaskFactory factory,
            UsedTopics used,
            BiConsumer<HostedTask, Throwable> failed) {
        before.compose(free -> Turn.on(context, () -> read(plugin)))
                .compose(read -> Turn.on(
                        context,
                        () -> factory.make(
                                plugin,
                                identity,
                                config.copy(),
                                failure -> context.runOnContext(turn -> failed.accept(this, failure)),
                                positions,
                                used)))
                .compose(made -> Turn.on(context, () -> {
                    instance = made;
                    return ended == null
                            ? made.start(factory.startMillis())
                            : Future.failedFuture(TaskMovedException.beforeItStarted());
                }))
                .onComplete(started);
    }

    /** A sink's positions are its group's. */
    private Future<Void> read(ConnectorPlugin plugin) {
        if (!(plugin instanceof SourcePlugin) || ended != null) {
            return Future.succeededFuture();
        }
        return positions
                .load()
                .<Void>mapEmpty()
                .timeout(READ_MILLIS, TimeUnit.MILLISECONDS)
                .recover(silent -> Future.failedFuture(
                        new TaskMovedException("positions could not be read: " + silent.getMessage())));
    }

    String trace(Throwable failure) {
        TaskInstance made = instance;
        return made == null ? DeadLetters.trace(failure) : made.trace(failure);
    }

    /** Completes when it has stopped, with its positions stored if that can be; never fails. */
    Future<Void> end() {
        Future<Void> ending = ended;
        if (ending == null) {
            Promise<Void> done = Promise.promise();
            ending = done.future();
            ended = ending;
            // One that is being made is made first: then it can be stopped.
            Future<Void> made = instance != null ? Future.succeededFuture() : started.future();
            made.transform(whatever -> Turn.on(context, () -> {
                        TaskInstance running = instance;
                        return running == null ? Future.succeededFuture() : running.stop();
                    }))
                    .transform(stopped -> Turn.on(context, () -> {
                        relay.close("the task has stopped");
                        return positions.close();
                    }))
                    .onComplete(closed -> done.complete());
        }
        return ending;
    }
}
