package io.thalweg.connectors.runtime.spread;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.RuntimeConfig;
import io.thalweg.connectors.runtime.herder.Herders;
import io.thalweg.connectors.runtime.herder.TaskFactory;
import io.thalweg.connectors.runtime.herder.TaskMovedException;
import io.thalweg.connectors.runtime.plugin.Plugins;
import io.thalweg.connectors.runtime.store.Positions;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.connectors.runtime.task.Turn;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs on this node what the seated node asks for, and goes on with it while the seat changes hands. It stops everything as soon
 * as the group does not know this node any more. Confined to its context, but for {@link #metrics}.
 */
final class TaskWorker {

    private static final Logger LOGGER = LoggerFactory.getLogger(TaskWorker.class);

    private static final long TELL_MILLIS = 5_000;
    private static final long AGAIN_MILLIS = 500;
    private static final long LEAVE_MILLIS = 2_000;

    private final VertxInternal vertx;
    private final ContextInternal context;
    private final ThalwegClient client;
    private final int node;
    private final RuntimeConfig config;
    private final Plugins plugins;
    private final TaskFactory factory;

    private final Map<TaskIdentity, HostedTask> tasks = new HashMap<>();

    /** Topics that the seated node was told of, by connector. */
    private final Map<String, Set<String>> told = new ConcurrentHashMap<>();

    private @Nullable MessageConsumer<JsonObject> consumer;

    /** The greatest that asked anything; -1 before. */
    private long claim = -1;

    private int seat = -1;
    private boolean member;
    private boolean closing;

    TaskWorker(
            VertxInternal vertx,
            ContextInternal context,
            ThalwegClient client,
            int node,
            RuntimeConfig config,
            List<ConnectorPlugin> plugins) {
        this.vertx = vertx;
        this.context = context;
        this.client = client;
        this.node = node;
        this.config = config;
        this.plugins = new Plugins(plugins);
        this.factory = Herders.tasks(vertx, client, config, plugins, new Nowhere(), (connector, topic, task) -> {});
    }

    /** Each task has positions of its own. */
    private static final class Nowhere implements Positions {
        @Override
        public @Nullable StoredPosition position(String connector, JsonObject partition) {
            return null;
        }

        @Override
        public Future<Void> put(String connector, JsonObject partition, @Nullable StoredPosition position) {
            return Future.failedFuture(new IllegalStateException("a task without positions: connector=" + connector));
        }
    }

    void open() {
        consumer = vertx.eventBus().consumer(Wire.workerAddress(node), this::onMessage);
    }

    Collection<TaskMetrics> metrics() {
        return factory.metrics();
    }

    /** The group has this node: it may be asked. */
    void join() {
        member = true;
    }

    /** The group does not know this node any more: others may run its tasks by now. */
    Future<Void> lose() {
        member = false;
        // It may still have it, in a later generation: then the seated node has to hear that nothing runs here.
        List.copyOf(tasks.values()).stream()
                .filter(task -> !task.ending())
                .forEach(task -> end(task).onComplete(ended -> tellEnded(task, null)));
        return endAll();
    }

    private Future<Void> endAll() {
        List<Future<Void>> ends = new ArrayList<>();
        List.copyOf(tasks.values()).forEach(task -> ends.add(end(task)));
        return Future.join(ends).mapEmpty();
    }

    private Future<Void> end(HostedTask task) {
        boolean first = !task.ending();
        Future<Void> ended = task.end();
        if (first) {
            ended.onComplete(done -> context.runOnContext(turn -> {
                if (tasks.remove(task.identity(), task)) {
                    factory.forget(task.identity());
                }
            }));
        }
        return ended;
    }

    // ---- what the seated node asks

    private void onMessage(Message<JsonObject> message) {
        JsonObject body = message.body();
        long asked = body.getLong(Wire.CLAIM);
        String verb = body.getString(Wire.VERB);
        if (asked < claim) {
            message.fail(Wire.STALE, "there is a later claim: claim=" + claim);
            return;
        }
        if (!member || closing) {
            message.fail(Wire.NOT_NOW, "this node is no member: node=" + node);
            return;
        }
        if (asked > claim && !verb.equals(Wire.TAKE_OVER)) {
            message.fail(Wire.NOT_NOW, "this node was not taken over: node=" + node);
            return;
        }
        switch (verb) {
            case Wire.TAKE_OVER -> onTakeOver(message, asked, body.getInteger(Wire.NODE));
            case Wire.START -> onStart(message, body);
            case Wire.STOP -> onStop(message, body);
            default -> message.fail(Wire.REFUSED, "no such verb: verb=" + verb);
        }
    }

    private void onTakeOver(Message<JsonObject> message, long asked, int by) {
        claim = asked;
        seat = by;
        told.clear();
        JsonArray running = new JsonArray();
        for (HostedTask task : tasks.values()) {
            if (task.claim() < claim) {
                task.know(claim, -1); // one that is ending too: it has positions to store
            }
            JsonObject about = Wire.about(task.identity());
            running.add(task.ending() ? about : about.put(Wire.CONFIG, task.config()));
        }
        message.reply(new JsonObject()
                .put(Wire.WORKER, Wire.workerId(client, node, config.workerId().get()))
                .put(Wire.TASKS, running));
    }

    private void onStart(Message<JsonObject> message, JsonObject body) {
        TaskIdentity identity = Wire.task(body);
        JsonObject wanted = body.getJsonObject(Wire.CONFIG);
        long number = body.getLong(Wire.INSTANCE);
        HostedTask there = tasks.get(identity);
        HostedTask task;
        if (there != null && !there.ending() && there.config().equals(wanted)) {
            task = there;
            task.know(claim, number);
        } else {
            ConnectorPlugin plugin = plugins.find(body.getString(Wire.CLASS));
            if (plugin == null) {
                message.fail(
                        Wire.TASK_FAILED,
                        "the node does not have the connector's plugin: node=" + node + " class="
                                + body.getString(Wire.CLASS) + "; give each node the same plugins");
                return;
            }
            task = host(identity, wanted, number, there == null ? Future.succeededFuture() : end(there), plugin);
        }
        task.started()
                .onComplete(started -> context.runOnContext(turn -> {
                    if (started.succeeded()) {
                        message.reply(new JsonObject());
                        return;
                    }
                    Throwable failure = started.cause();
                    String trace = task.trace(failure);
                    end(task);
                    message.fail(failure instanceof TaskMovedException ? Wire.NOT_NOW : Wire.TASK_FAILED, trace);
                }));
    }

    private HostedTask host(
            TaskIdentity identity, JsonObject wanted, long number, Future<Void> before, ConnectorPlugin plugin) {
        Relayed terms = new Relayed(identity);
        PositionRelay relay =
                new PositionRelay(vertx, context, terms, config.limits().deliveryMillis());
        HostedTask task = new HostedTask(vertx, context, client, identity, wanted, relay);
        terms.task = task;
        task.know(claim, number);
        tasks.put(identity, task);
        task.begin(before, plugin, factory, this::used, this::onFailed);
        return task;
    }

    private void onStop(Message<JsonObject> message, JsonObject body) {
        HostedTask task = tasks.get(Wire.task(body));
        long number = body.getLong(Wire.INSTANCE);
        if (task == null || (number >= 0 && task.number() != number)) {
            message.reply(new JsonObject());
            return;
        }
        end(task).onComplete(ended -> message.reply(new JsonObject()));
    }

    // ---- what the seated node is told

    /** Where positions go. */
    private final class Relayed implements PositionRelay.Terms {
        private final TaskIdentity identity;
        private @Nullable HostedTask task;

        Relayed(TaskIdentity identity) {
            this.identity = identity;
        }

        @Override
        public @Nullable JsonObject current() {
            HostedTask hosted = task;
            if (hosted == null || hosted.claim() != claim) {
                return null; // the seat changed hands, and the new one does not know of the task yet
            }
            return Wire.about(identity)
                    .put(Wire.CLAIM, claim)
                    .put(Wire.NODE, node)
                    .put(Wire.INSTANCE, hosted.number());
        }

        @Override
        public String seatAddress() {
            return Wire.seatAddress(seat);
        }

        @Override
        public void onFenced() {
            LOGGER.atWarn()
                    .addKeyValue("connector", identity.connector())
                    .addKeyValue("task", identity.index())
                    .log("another node runs this task by now; it is stopped here");
            HostedTask hosted = task;
            if (hosted != null) {
                end(hosted);
            }
        }
    }

    private void onFailed(HostedTask task, Throwable failure) {
        if (task.ending()) {
            return;
        }
        String trace = task.trace(failure);
        end(task);
        tellEnded(task, trace);
    }

    /** Until the seated node has heard it, or another one is seated, who finds the task not running. */
    private void tellEnded(HostedTask task, @Nullable String trace) {
        if (task.claim() != claim || closing) {
            return;
        }
        tell(
                        Wire.ENDED,
                        Wire.about(task.identity())
                                .put(Wire.INSTANCE, task.number())
                                .put(Wire.TRACE, trace))
                .onFailure(failure -> context.setTimer(AGAIN_MILLIS, due -> tellEnded(task, trace)));
    }

    /** From any thread. A topic that the seated node did not hear of is told again with the next record. */
    private void used(String connector, String topic, int task) {
        Set<String> known = told.computeIfAbsent(connector, name -> ConcurrentHashMap.newKeySet());
        if (known.add(topic)) {
            context.runOnContext(turn -> tell(
                            Wire.USED,
                            Wire.about(new TaskIdentity(connector, task)).put(Wire.TOPIC, topic))
                    .onFailure(failure -> known.remove(topic)));
        }
    }

    private Future<Void> tell(String verb, JsonObject message) {
        Promise<Void> heard = context.promise();
        vertx.eventBus()
                .<JsonObject>request(
                        Wire.seatAddress(seat),
                        message.put(Wire.VERB, verb).put(Wire.CLAIM, claim).put(Wire.NODE, node),
                        Wire.within(TELL_MILLIS))
                .<Void>mapEmpty()
                .onComplete(heard);
        return heard.future();
    }

    // ---- the end

    /** Has the seated node give the tasks to others, and ends them here, each with its positions stored. Never fails. */
    Future<Void> close() {
        Future<Void> asked = seat < 0 || !member
                ? Future.succeededFuture()
                : tell(Wire.LEAVING, new JsonObject()).timeout(LEAVE_MILLIS, TimeUnit.MILLISECONDS);
        return asked.transform(heard -> Turn.on(context, this::endAll))
                .transform(ended -> {
                    closing = true;
                    MessageConsumer<JsonObject> listening = consumer;
                    return listening == null ? Future.<Void>succeededFuture() : listening.unregister();
                })
                .transform(unregistered -> factory.close(List.of()))
                .transform(closed -> Future.succeededFuture());
    }
}
