package io.thalweg.connectors.runtime.herder;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.runtime.ConnectException;
import io.thalweg.connectors.runtime.herder.ConnectorPlan.Decision;
import io.thalweg.connectors.runtime.herder.Effect.ForgetTask;
import io.thalweg.connectors.runtime.herder.Effect.StartTask;
import io.thalweg.connectors.runtime.herder.Effect.StopTask;
import io.thalweg.connectors.runtime.plugin.CheckedConfig;
import io.thalweg.connectors.runtime.plugin.CommonKeys;
import io.thalweg.connectors.runtime.plugin.ConfigCheck;
import io.thalweg.connectors.runtime.plugin.ConnectorConfig;
import io.thalweg.connectors.runtime.store.ConfigStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.store.StoredConnector;
import io.thalweg.connectors.runtime.store.TargetState;
import io.thalweg.connectors.runtime.task.DeadLetters;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the connectors of a node, or of a cluster: changes are stored, then planned, then carried out. */
public final class Herder {

    private static final Logger LOGGER = LoggerFactory.getLogger(Herder.class);

    private final Vertx vertx;
    private final ContextInternal context;
    private final ConfigCheck configs;
    private final ConfigStore store;
    private final StatusStore statuses;
    private final Tasks tasks;
    private final int connectorsMax;

    private final Map<String, ConnectorEntry> entries = new TreeMap<>();

    /** Changes of connectors go one after the other. */
    private Future<?> lastChange = Future.succeededFuture();

    private boolean closing;

    Herder(
            Vertx vertx,
            ContextInternal context,
            ConfigCheck configs,
            ConfigStore store,
            StatusStore statuses,
            Tasks tasks,
            int connectorsMax) {
        this.vertx = vertx;
        this.context = context;
        this.configs = configs;
        this.store = store;
        this.statuses = statuses;
        this.tasks = tasks;
        this.connectorsMax = connectorsMax;
    }

    /** Takes over what was stored, and starts it. On the herder's context, once. */
    Future<Void> start() {
        return store.load().compose(stored -> {
            List<Future<Void>> configured = new ArrayList<>();
            for (StoredConnector connector : stored.values()) {
                ConnectorEntry entry = new ConnectorEntry(connector);
                entries.put(connector.name(), entry);
                configured.add(configure(entry));
            }
            return Future.all(configured).<Void>mapEmpty();
        });
    }

    /** Names of what is known; on the herder's context. */
    Set<String> names() {
        return Set.copyOf(entries.keySet());
    }

    /** Moves tasks that had better run elsewhere. On the herder's context. */
    void rebalance() {
        if (closing) {
            return;
        }
        for (TaskIdentity misplaced : tasks.misplaced()) {
            ConnectorEntry entry = entries.get(misplaced.connector());
            if (entry != null) {
                apply(entry, entry.plan.move(misplaced.index()));
            }
        }
    }

    // ---- queries; any thread

    /** Every connector, by name. */
    public Future<Map<String, ConnectorView>> connectors() {
        return onContext(() -> {
            Map<String, ConnectorView> views = new TreeMap<>();
            entries.forEach((name, entry) -> {
                if (!entry.plan.deleted()) {
                    views.put(name, view(entry));
                }
            });
            return Future.succeededFuture(Collections.unmodifiableMap(views));
        });
    }

    /** Fails with 404. */
    public Future<ConnectorView> connector(String name) {
        return onContext(() -> found(name).map(this::view));
    }

    public ConfigCheck configs() {
        return configs;
    }

    public Collection<TaskMetrics> metrics() {
        return tasks.metrics();
    }

    /** Checks without changing anything. Any thread. */
    public Future<CheckedConfig> check(ConnectorConfig config) {
        return vertx.executeBlocking(() -> configs.check(config), false);
    }

    // ---- changes; any thread

    /**
     * Creates a connector or replaces its configuration. Completes when that is stored; the tasks follow.
     *
     * @param replace whether one that exists may be replaced; else 409
     * @param target of a new connector
     * @param origin the file that it is from, or empty
     */
    public Future<Put> put(ConnectorConfig given, boolean replace, TargetState target, String origin) {
        String name = given.name();
        return change(() -> {
            ConnectorEntry known = live(name);
            if (known != null && !replace) {
                return refused(409, "Connector " + name + " already exists");
            }
            if (known == null && entries.size() >= connectorsMax) {
                return refused(
                        400, "too many connectors: count=" + entries.size() + "; see the setting connectors.max");
            }
            if (!origin.isEmpty() && known != null && known.stored.origin().isEmpty()) {
                return refused(
                        409,
                        "a connector of this name was created over REST: name=" + name + "; delete it, or rename one");
            }
            ConnectorConfig config = known == null ? given : unhidden(given, known.stored.config());
            return check(config)
                    .compose(checked -> checked.ok()
                            ? store(
                                    known,
                                    new StoredConnector(
                                            name,
                                            config,
                                            known == null ? target : known.stored.target(),
                                            origin.isEmpty() && known != null ? known.stored.origin() : origin))
                            : refused(400, invalid(checked)));
        });
    }

    /** @param created false if it was replaced */
    public record Put(ConnectorView connector, boolean created) {}

    /** Sets and removes single keys. Fails with 404. */
    public Future<Put> patch(String name, JsonObject changes) {
        return connector(name)
                .compose(view -> put(
                        view.stored().config().patched(changes).with(CommonKeys.NAME, name),
                        true,
                        TargetState.STARTED,
                        ""));
    }

    /** Completes when its tasks have stopped. Positions stay, for a connector of the same name. Fails with 404. */
    public Future<Void> delete(String name) {
        return change(() -> found(name)
                .compose(entry -> store.remove(name).compose(removed -> {
                    Future<Void> gone = entry.gone();
                    apply(entry, entry.plan.delete());
                    return gone;
                })));
    }

    /** Fails with 404. Completes when it is stored; the tasks follow. */
    public Future<Void> target(String name, TargetState target) {
        return change(() -> found(name)
                .compose(entry -> store.putTarget(name, target).map(stored -> {
                    entry.stored = new StoredConnector(name, entry.stored.config(), target, entry.stored.origin());
                    apply(entry, entry.plan.targeted(target));
                    return null;
                })));
    }

    /** Fails with 404. */
    public Future<Void> restartTask(String name, int index) {
        return change(() -> found(name).compose(entry -> {
            if (!entry.plan.slots().containsKey(index)) {
                return refused(404, "Task not found: connector=" + name + " task=" + index);
            }
            apply(entry, entry.plan.restart(index));
            return Future.<Void>succeededFuture();
        }));
    }

    /**
     * @param includeTasks its tasks too
     * @param onlyFailed what is FAILED alone
     */
    public Future<ConnectorView> restart(String name, boolean includeTasks, boolean onlyFailed) {
        return change(() -> found(name).compose(entry -> {
            boolean unusable = entry.plan.trace() != null;
            if (includeTasks) {
                for (TaskSlot slot : List.copyOf(entry.plan.slots().values())) {
                    if (!onlyFailed || slot.phase() == TaskSlot.Phase.FAILED) {
                        apply(entry, entry.plan.restart(slot.index()));
                    }
                }
            }
            ConnectorView view = view(entry);
            return unusable ? configure(entry).map(view) : Future.succeededFuture(view);
        }));
    }

    /** Runs {@code work} while the connector is STOPPED and no task of it exists; 400 if it is not. */
    public <T> Future<T> whileStopped(String name, Function<ConnectorView, Future<T>> work) {
        return change(() -> found(name).compose(entry -> {
            if (entry.stored.target() != TargetState.STOPPED) {
                return refused(
                        400,
                        "Connectors must be in the STOPPED state before their offsets can be modified. This can be done "
                                + "for the specified connector by issuing a 'PUT' request to the '/connectors/" + name
                                + "/stop' endpoint");
            }
            return entry.quiet().compose(quiet -> work.apply(view(entry)));
        }));
    }

    /** Stops every task, unless others take them over, changing no target. Completes when they have. */
    Future<Void> close() {
        return onContext(() -> {
            closing = true;
            List<TaskInstance> instances = new ArrayList<>();
            entries.values().forEach(entry -> instances.addAll(entry.instances.values()));
            return tasks.close(instances);
        });
    }

    // ---- on the herder's context

    private Future<Put> store(@Nullable ConnectorEntry known, StoredConnector connector) {
        if (known != null && known.stored.equals(connector) && known.plan.trace() == null) {
            return Future.succeededFuture(new Put(view(known), false));
        }
        Future<Void> target =
                known == null ? store.putTarget(connector.name(), connector.target()) : Future.succeededFuture();
        return target.compose(done -> store.put(connector)).compose(stored -> {
            ConnectorEntry entry = known == null ? new ConnectorEntry(connector) : known;
            entry.stored = connector;
            entries.put(connector.name(), entry);
            return configure(entry).map(configured -> new Put(view(entry), known == null));
        });
    }

    /** Divides the work among tasks and plans them; what is wrong makes the connector FAILED. */
    private Future<Void> configure(ConnectorEntry entry) {
        ConnectorConfig config = entry.stored.config();
        Future<List<JsonObject>> dividing = vertx.executeBlocking(() -> divide(config), false);
        return dividing.transform(divided -> tasks.keepOnly(
                        entry.plan.name(),
                        divided.succeeded() && entry.stored.target() == TargetState.STARTED
                                ? divided.result()
                                : List.of()))
                .transform(kept -> planned(entry, config, dividing));
    }

    private Future<Void> planned(ConnectorEntry entry, ConnectorConfig config, Future<List<JsonObject>> divided) {
        if (entry.plan.deleted() || !entry.stored.config().equals(config)) {
            return Future.succeededFuture();
        }
        entry.plugin = configs.plugins().find(config.connectorClass());
        apply(
                entry,
                divided.succeeded()
                        ? entry.plan.configured(divided.result())
                        : entry.plan.unusable(DeadLetters.trace(divided.cause())));
        return Future.succeededFuture();
    }

    private List<JsonObject> divide(ConnectorConfig config) {
        CheckedConfig checked = configs.check(config);
        ConnectorPlugin plugin = checked.plugin();
        if (!checked.ok() || plugin == null) {
            throw new ConnectException(400, invalid(checked));
        }
        int tasksMax = checked.typed().getInteger(CommonKeys.TASKS_MAX);
        List<JsonObject> divided = plugin.taskConfigs(checked.typed().copy(), tasksMax);
        if (divided.isEmpty() || divided.size() > tasksMax) {
            throw new IllegalStateException("the plugin divided wrongly: plugin=" + plugin.name() + " tasks="
                    + divided.size() + " tasks.max=" + tasksMax);
        }
        List<JsonObject> whole = divided.size() == 1 && plugin instanceof SinkPlugin
                ? Collections.nCopies(tasksMax, divided.get(0))
                : divided;
        // Common keys are the runtime's: a plugin need not carry them on.
        return whole.stream().map(own -> checked.typed().copy().mergeIn(own)).toList();
    }

    private void apply(ConnectorEntry entry, Decision decision) {
        ConnectorPlan before = entry.plan;
        entry.plan = decision.next();
        entry.plan.checkInvariants();
        for (Effect effect : decision.effects()) {
            carryOut(entry, effect);
        }
        publish(before, entry.plan, entry.workers);
        entry.onPlanChanged();
    }

    private void carryOut(ConnectorEntry entry, Effect effect) {
        if (effect instanceof StartTask start) {
            startTask(entry, start);
        } else if (effect instanceof StopTask stop) {
            stopTask(entry, stop.index(), stop.instance(), null);
        } else if (effect instanceof ForgetTask forget) {
            statuses.removeTask(entry.plan.name(), forget.index());
        } else {
            entries.remove(entry.plan.name(), entry);
            statuses.removeConnector(entry.plan.name());
            tasks.forget(entry.plan.name());
            entry.onGone();
        }
    }

    private void startTask(ConnectorEntry entry, StartTask start) {
        ConnectorPlugin plugin = entry.plugin;
        if (plugin == null || closing) {
            return;
        }
        TaskIdentity identity = new TaskIdentity(entry.plan.name(), start.index());
        tasks.make(
                        plugin,
                        identity,
                        start.config(),
                        failure ->
                                context.runOnContext(turn -> stopTask(entry, start.index(), start.instance(), failure)))
                .compose(made -> {
                    entry.instances.put(start.instance(), made);
                    String worker = made.worker();
                    if (worker != null) {
                        entry.workers.put(start.index(), worker);
                    }
                    TaskSlot slot = entry.plan.slots().get(start.index());
                    boolean unwanted = slot == null
                            || slot.instance() != start.instance()
                            || slot.phase() != TaskSlot.Phase.STARTING;
                    return unwanted || closing ? Future.<Void>succeededFuture() : made.start(tasks.startMillis());
                })
                .onComplete(outcome -> context.runOnContext(turn -> {
                    if (outcome.succeeded()) {
                        apply(entry, entry.plan.started(start.index(), start.instance()));
                        endIfStopping(entry, start);
                        rebalance();
                    } else {
                        stopTask(entry, start.index(), start.instance(), outcome.cause());
                    }
                }));
    }

    /** It was told to stop before it was made. */
    private void endIfStopping(ConnectorEntry entry, StartTask start) {
        TaskSlot slot = entry.plan.slots().get(start.index());
        if (slot != null && slot.instance() == start.instance() && slot.phase() == TaskSlot.Phase.STOPPING) {
            stopTask(entry, start.index(), start.instance(), null);
        }
    }

    /** @param failure why it ends by itself; null if it was told to */
    private void stopTask(ConnectorEntry entry, int index, long number, @Nullable Throwable failure) {
        TaskInstance instance = entry.instances.get(number);
        String trace = null;
        boolean moved = failure instanceof TaskMovedException;
        if (failure != null && !moved) {
            trace = instance == null ? DeadLetters.trace(failure) : instance.trace(failure);
            LOGGER.atError()
                    .addKeyValue("connector", entry.plan.name())
                    .addKeyValue("task", index)
                    .addKeyValue("error", trace) // not the cause itself, which may quote a secret
                    .log("a task failed; restart it when its cause is mended");
        }
        if (instance == null) {
            if (failure != null) {
                apply(entry, entry.plan.ended(index, number, trace));
            }
            return; // being made: it ends once that is done
        }
        String reason = trace;
        instance.stop()
                .onComplete(stopped -> context.runOnContext(turn -> {
                    entry.instances.remove(number);
                    apply(entry, entry.plan.ended(index, number, reason));
                    rebalance();
                }));
    }

    private void publish(ConnectorPlan before, ConnectorPlan after, Map<Integer, String> workers) {
        String name = after.name();
        if (!after.deleted()
                && (!before.connectorState().equals(after.connectorState())
                        || before.generation() != after.generation())) {
            statuses.putConnector(name, after.connectorState(), after.trace(), after.generation());
            LOGGER.atInfo()
                    .addKeyValue("connector", name)
                    .log(
                            "connector is {}, tasks={}",
                            after.connectorState(),
                            after.slots().size());
        }
        after.slots().forEach((index, slot) -> {
            TaskSlot old = before.slots().get(index);
            String state = after.taskState(slot);
            if (old == null || !before.taskState(old).equals(state)) {
                statuses.putTask(
                        name,
                        index,
                        state,
                        slot.trace(),
                        after.generation(),
                        workers.getOrDefault(index, statuses.workerId()));
                LOGGER.atInfo()
                        .addKeyValue("connector", name)
                        .addKeyValue("task", index)
                        .log("task is {}", state);
            }
        });
    }

    private ConnectorView view(ConnectorEntry entry) {
        return new ConnectorView(entry.stored, entry.plan, entry.plugin, entry.workers);
    }

    private @Nullable ConnectorEntry live(String name) {
        ConnectorEntry entry = entries.get(name);
        return entry == null || entry.plan.deleted() ? null : entry;
    }

    private Future<ConnectorEntry> found(String name) {
        ConnectorEntry entry = live(name);
        return entry == null ? refused(404, "Connector " + name + " not found") : Future.succeededFuture(entry);
    }

    private static ConnectorConfig unhidden(ConnectorConfig given, ConnectorConfig known) {
        ConnectorConfig config = given;
        for (Map.Entry<String, String> text : given.texts().entrySet()) {
            String kept = known.texts().get(text.getKey());
            if (text.getValue().equals(ConnectorConfig.HIDDEN) && kept != null) {
                config = config.with(text.getKey(), kept);
            }
        }
        return config;
    }

    private static String invalid(CheckedConfig checked) {
        StringBuilder message = new StringBuilder("Connector configuration is invalid and contains the following "
                + checked.problems().size() + " error(s):");
        checked.problems().forEach(problem -> message.append('\n').append(CheckedConfig.describe(problem)));
        return message.append("\nYou can also find the above list of errors at the endpoint "
                        + "`/connector-plugins/{connectorType}/config/validate`")
                .toString();
    }

    private static <T> Future<T> refused(int status, String message) {
        return Future.failedFuture(new ConnectException(status, message));
    }

    private <T> Future<T> change(Supplier<Future<T>> work) {
        return onContext(() -> {
            Future<T> changed =
                    lastChange.transform(before -> closing ? refused(503, "the node is stopping") : work.get());
            lastChange = changed;
            return changed;
        });
    }

    private <T> Future<T> onContext(Supplier<Future<T>> work) {
        Promise<T> promise = ((VertxInternal) vertx).getOrCreateContext().promise();
        context.runOnContext(turn -> {
            try {
                work.get().onComplete(promise);
            } catch (RuntimeException failure) {
                promise.fail(failure);
            }
        });
        return promise.future();
    }
}
