package io.thalweg.connectors.runtime.spread;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.herder.TaskInstance;
import io.thalweg.connectors.runtime.herder.Tasks;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.connectors.runtime.task.TaskLimits;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.connectors.runtime.task.Turn;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of a cluster, as the seated node spreads them: it places each on a member of the group, and stores for it what it
 * tells. An instance whose node is no member any more is over at once: nothing that it wants to store is taken. Confined to the
 * herder's context.
 */
public final class SeatTasks implements Tasks {

    private static final Logger LOGGER = LoggerFactory.getLogger(SeatTasks.class);

    private static final long ASK_MILLIS = 5_000;
    private static final long AGAIN_MILLIS = 500;
    private static final long LOOK_MILLIS = 1_000;

    /** How long the first look at who runs what may take; a member that does not answer is left out until it does. */
    private static final long ASSEMBLE_MILLIS = 60_000;

    /** Beside what the task itself may take: reading the positions, ending an instance before it. */
    private static final long START_MORE_MILLIS = 60_000;

    private static final long STOP_MORE_MILLIS = 10_000;

    private final Vertx vertx;
    private final ContextInternal context;
    private final Seat seat;
    private final TaskLimits limits;
    private final PositionIntake intake;
    private final StatusStore statuses;

    private final Map<Integer, WorkerNode> nodes = new TreeMap<>();

    /** Whatever may still store something, by its number. */
    private final Map<Long, RemoteInstance> live = new TreeMap<>();

    /** Told to leave their nodes, and not placed anew yet. */
    private final Set<TaskIdentity> moving = new HashSet<>();

    private long nextNumber = 1;
    private long claim = -1;
    private Runnable onChange = () -> {};
    private @Nullable MessageConsumer<JsonObject> consumer;
    private boolean begun;
    private volatile boolean closed;

    public SeatTasks(
            Vertx vertx,
            ContextInternal context,
            Seat seat,
            TaskLimits limits,
            OffsetStore offsets,
            StatusStore statuses) {
        this.vertx = vertx;
        this.context = context;
        this.seat = seat;
        this.limits = limits;
        this.intake = new PositionIntake(offsets);
        this.statuses = statuses;
    }

    /**
     * Asks every member what it runs. Completes when each has told, or has left.
     *
     * @param number of the claim
     * @param changed to be called when tasks may have to be placed otherwise
     */
    public Future<Void> begin(long number, Runnable changed) {
        claim = number;
        onChange = changed;
        consumer = vertx.eventBus().consumer(Wire.seatAddress(seat.node()), this::onMessage);
        // Who dies meanwhile is not waited for.
        context.setPeriodic(LOOK_MILLIS, timer -> {
            if (begun || closed) {
                vertx.cancelTimer(timer);
            } else {
                look();
            }
        });
        return seat.members()
                .get()
                .compose(members -> Turn.on(context, () -> {
                    take(members);
                    List<Future<Void>> heard = new ArrayList<>();
                    nodes.values().forEach(node -> heard.add(node.heard().future()));
                    return Future.join(heard)
                            .<Void>mapEmpty()
                            .timeout(ASSEMBLE_MILLIS, TimeUnit.MILLISECONDS)
                            .recover(silent -> {
                                LOGGER.atWarn()
                                        .addKeyValue("nodes", nodes.keySet())
                                        .log("a member did not say what it runs; it is given no tasks until it does");
                                return Future.succeededFuture();
                            });
                }));
    }

    /** Every connector was planned: what is left over of others has no place. */
    public void planned(Set<String> connectors) {
        begun = true;
        for (WorkerNode node : nodes.values()) {
            for (TaskIdentity task : List.copyOf(node.leftovers().keySet())) {
                endLeftover(node, task);
            }
        }
        LOGGER.atInfo()
                .addKeyValue("connectors", connectors.size())
                .addKeyValue("nodes", nodes.keySet())
                .log("the connectors' tasks are spread");
        onChange.run();
    }

    // ---- members

    /** There was a rebalance: who is there now. Any thread. */
    public void refresh() {
        context.runOnContext(turn -> look());
    }

    private void look() {
        if (closed) {
            return;
        }
        seat.members()
                .get()
                .onComplete(members -> context.runOnContext(turn -> {
                    if (closed) {
                        return;
                    }
                    if (members.succeeded()) {
                        take(members.result());
                        onChange.run();
                    } else {
                        context.setTimer(AGAIN_MILLIS, due -> look());
                    }
                }));
    }

    private void take(Map<Integer, String> members) {
        for (WorkerNode node : List.copyOf(nodes.values())) {
            if (!node.memberId().equals(members.get(node.id()))) {
                lose(node);
            }
        }
        members.forEach((id, memberId) -> {
            if (!nodes.containsKey(id)) {
                WorkerNode node = new WorkerNode(id, memberId);
                nodes.put(id, node);
                takeOver(node);
            }
        });
    }

    private void lose(WorkerNode node) {
        nodes.remove(node.id(), node);
        node.onGone();
        String why = "its node is not a member any more: node=" + node.id();
        instancesOf(node).forEach(instance -> instance.lose(why));
    }

    private List<RemoteInstance> instancesOf(WorkerNode node) {
        return live.values().stream()
                .filter(instance -> instance.node() == node)
                .toList();
    }

    private void takeOver(WorkerNode node) {
        if (node.ask()) {
            askWhatItRuns(node);
        }
    }

    private void askWhatItRuns(WorkerNode node) {
        ask(node, Wire.TAKE_OVER, new JsonObject(), ASK_MILLIS).onComplete(answer -> {
            if (closed || node.gone()) {
                return;
            }
            if (answer.failed()) {
                context.setTimer(AGAIN_MILLIS, due -> {
                    if (!closed && !node.gone()) {
                        askWhatItRuns(node);
                    }
                });
                return;
            }
            onTold(node, answer.result());
        });
    }

    private void onTold(WorkerNode node, JsonObject told) {
        JsonArray tasks = told.getJsonArray(Wire.TASKS);
        for (int i = 0; i < tasks.size(); i++) {
            JsonObject task = tasks.getJsonObject(i);
            TaskIdentity identity = Wire.task(task);
            boolean ours = instancesOf(node).stream()
                    .anyMatch(instance -> instance.identity().equals(identity));
            if (!ours) {
                // One that is ending is no configuration's: it is waited for.
                node.leftovers().put(identity, task.getJsonObject(Wire.CONFIG, new JsonObject()));
            }
        }
        node.onHeard(told.getString(Wire.WORKER));
        node.heard().tryComplete();
        if (begun) {
            List.copyOf(node.leftovers().keySet()).forEach(task -> endLeftover(node, task));
            onChange.run();
        }
    }

    /** It did not answer, which may be the network's fault: it is given tasks again once it does. */
    void onSilent(WorkerNode node, Throwable failure) {
        if (!closed && !node.gone() && !node.leaving()) {
            LOGGER.atWarn()
                    .addKeyValue("nodeId", node.id())
                    .addKeyValue("error", String.valueOf(failure.getMessage()))
                    .log("a node did not start a task; it is asked again what it runs");
            takeOver(node);
        }
    }

    // ---- what an earlier seat has left

    @Override
    public Future<Void> keepOnly(String connector, List<JsonObject> wanted) {
        List<Future<Void>> ends = new ArrayList<>();
        for (WorkerNode node : List.copyOf(nodes.values())) {
            for (Map.Entry<TaskIdentity, JsonObject> left :
                    Map.copyOf(node.leftovers()).entrySet()) {
                TaskIdentity task = left.getKey();
                boolean same =
                        task.index() < wanted.size() && left.getValue().equals(Wire.plain(wanted.get(task.index())));
                if (task.connector().equals(connector) && !same) {
                    ends.add(endLeftover(node, task));
                }
            }
        }
        return Future.join(ends).mapEmpty();
    }

    private Future<Void> endLeftover(WorkerNode node, TaskIdentity task) {
        Promise<Void> ended = Promise.promise();
        endLeftover(node, task, ended);
        return ended.future();
    }

    private void endLeftover(WorkerNode node, TaskIdentity task, Promise<Void> ended) {
        if (closed || node.gone()) {
            ended.complete();
            return;
        }
        ask(node, Wire.STOP, Wire.about(task).put(Wire.INSTANCE, -1L), stopMillis())
                .onComplete(answer -> {
                    if (answer.succeeded()) {
                        node.leftovers().remove(task);
                        ended.complete();
                        if (begun) {
                            onChange.run(); // there is room for others
                        }
                    } else {
                        context.setTimer(AGAIN_MILLIS, due -> endLeftover(node, task, ended));
                    }
                });
    }

    // ---- tasks

    @Override
    public Future<TaskInstance> make(
            ConnectorPlugin plugin, TaskIdentity identity, JsonObject config, Handler<Throwable> failed) {
        WorkerNode node = place(identity);
        node.leftovers().remove(identity);
        RemoteInstance made =
                new RemoteInstance(this, node, nextNumber++, identity, plugin.name(), Wire.plain(config), failed);
        live.put(made.number(), made);
        return Future.succeededFuture(made);
    }

    private WorkerNode place(TaskIdentity identity) {
        for (WorkerNode node : nodes.values()) {
            if (node.ready() && node.leftovers().containsKey(identity)) {
                return node;
            }
        }
        Map<Integer, List<TaskIdentity>> tasks = tasks();
        if (tasks.isEmpty()) {
            // Nobody answers, not even this node: it is asked for ever, and starts when it does.
            return nodes.getOrDefault(seat.node(), new WorkerNode(seat.node(), ""));
        }
        return Objects.requireNonNull(nodes.get(Placement.choose(tasks, identity.connector())));
    }

    /** Of each node that may be given more: what stays there. */
    private Map<Integer, List<TaskIdentity>> tasks() {
        Map<Integer, List<TaskIdentity>> tasks = new HashMap<>();
        for (WorkerNode node : nodes.values()) {
            if (node.ready()) {
                tasks.put(node.id(), new ArrayList<>(node.leftovers().keySet()));
            }
        }
        for (RemoteInstance instance : live.values()) {
            List<TaskIdentity> there = tasks.get(instance.node().id());
            if (there != null && instance.stays()) {
                there.add(instance.identity());
            }
        }
        return tasks;
    }

    @Override
    public List<TaskIdentity> misplaced() {
        if (!begun || !moving.isEmpty()) {
            return List.of(); // one after the other: what is on its way is not placed yet
        }
        List<TaskIdentity> misplaced = Placement.misplaced(tasks());
        for (TaskIdentity task : misplaced) {
            live.values().stream()
                    .filter(instance -> instance.identity().equals(task) && instance.stays())
                    .forEach(instance -> {
                        instance.move();
                        moving.add(task);
                    });
        }
        return misplaced;
    }

    /** A task that had to leave its node has, and runs elsewhere by now if it is still wanted. */
    void onMoved(TaskIdentity task) {
        moving.remove(task);
        onChange.run();
    }

    /** Completes when everything that was taken to be stored has an outcome. */
    Future<Void> settled() {
        return Turn.on(context, intake::settled);
    }

    void forget(RemoteInstance instance) {
        live.remove(instance.number(), instance);
    }

    @Override
    public long startMillis() {
        return limits.startMillis() + START_MORE_MILLIS;
    }

    long stopMillis() {
        return 2 * limits.stopMillis() + STOP_MORE_MILLIS;
    }

    ContextInternal context() {
        return context;
    }

    boolean closed() {
        return closed;
    }

    /** Completes on the herder's context. */
    Future<JsonObject> ask(WorkerNode node, String verb, JsonObject message, long millis) {
        message.put(Wire.VERB, verb).put(Wire.CLAIM, claim).put(Wire.NODE, seat.node());
        Promise<JsonObject> answered = context.promise();
        vertx.eventBus()
                .<JsonObject>request(Wire.workerAddress(node.id()), message, Wire.within(millis))
                .map(Message::body)
                .onComplete(answered);
        return answered.future().onFailure(failure -> {
            if (Wire.codeOf(failure) == Wire.STALE) {
                seat.claim().fenced().run();
            }
        });
    }

    // ---- what nodes tell

    private void onMessage(Message<JsonObject> message) {
        JsonObject body = message.body();
        if (closed || body.getLong(Wire.CLAIM, -1L) != claim) {
            message.fail(Wire.STALE, "not the claim of this seat: claim=" + claim);
            return;
        }
        switch (body.getString(Wire.VERB)) {
            case Wire.PUT -> {
                if (isCurrent(body)) {
                    intake.store(message, body);
                } else {
                    message.fail(Wire.NOT_CURRENT, "another instance runs the task by now, or none");
                }
            }
            case Wire.ENDED -> {
                RemoteInstance instance = live.get(body.getLong(Wire.INSTANCE));
                if (instance != null) {
                    instance.onEnded(body.getString(Wire.TRACE), "its node gave it up");
                }
                message.reply(new JsonObject());
            }
            case Wire.USED -> {
                statuses.used(body.getString(Wire.CONNECTOR), body.getString(Wire.TOPIC), body.getInteger(Wire.INDEX));
                message.reply(new JsonObject());
            }
            case Wire.LEAVING -> {
                onLeaving(body.getInteger(Wire.NODE));
                message.reply(new JsonObject());
            }
            default -> message.fail(Wire.REFUSED, "no such verb");
        }
    }

    /** Whether the instance that tells something is the one that runs the task. */
    private boolean isCurrent(JsonObject body) {
        long number = body.getLong(Wire.INSTANCE);
        return number < 0 ? mayStore(nodes.get(body.getInteger(Wire.NODE)), Wire.task(body)) : live.containsKey(number);
    }

    /** Whether what an earlier seat started on a node is still what runs the task: nothing else is started before it has ended. */
    private boolean mayStore(@Nullable WorkerNode node, TaskIdentity task) {
        if (node == null) {
            return false;
        }
        List<RemoteInstance> running = live.values().stream()
                .filter(instance -> instance.identity().equals(task))
                .toList();
        return running.isEmpty()
                ? node.leftovers().containsKey(task)
                : running.stream().allMatch(instance -> instance.node() == node);
    }

    private void onLeaving(int id) {
        WorkerNode node = nodes.get(id);
        if (node != null && !node.leaving()) {
            node.leave();
            instancesOf(node).forEach(instance -> instance.onEnded(null, "its node is stopping: node=" + id));
        }
    }

    @Override
    public Collection<TaskMetrics> metrics() {
        return seat.metrics().get();
    }

    @Override
    public void forget(String connector) {
        // each node forgets what it ran
    }

    /** The tasks go on where they are: whoever is seated next takes them over. */
    @Override
    public Future<Void> close(Collection<TaskInstance> instances) {
        closed = true;
        MessageConsumer<JsonObject> listening = consumer;
        return listening == null ? Future.succeededFuture() : listening.unregister();
    }
}
