package io.thalweg.streams.runtime;

import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ThalwegClient;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.processor.GlobalStores;
import io.thalweg.streams.topology.SubTopology;
import io.thalweg.streams.topology.TaskId;
import io.thalweg.streams.topology.Topology;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application running on one instance: a member of the consumer group of its name, whose tasks are spread over event loops.
 * Several instances, in one process or many, share the tasks. Any thread may call it; futures complete on the caller's context.
 */
public final class StreamsRuntime {

    private static final Logger LOGGER = LoggerFactory.getLogger(StreamsRuntime.class);
    private static final int GIVE_AGAIN_MILLIS = 1_000;

    /** What the application is doing as a whole. */
    public enum State {
        STARTING,
        RUNNING,
        PAUSED,
        /** The group refused this instance for good, or a global table cannot be kept; the log says why. */
        FAILED,
        STOPPED
    }

    private final Vertx vertx;
    private final ApplicationRun app;
    private final @Nullable String instanceId;
    private final TaskAssignor assignor;
    private final GroupSeat seat = new Seat();
    private final Tenure tenure = new Tenure();
    private final ProcessorLoops loops = new ProcessorLoops();

    /** Owns the group's member, the assignment and the global tables. */
    private final ContextInternal context;

    private volatile State state = State.STARTING;
    private volatile @Nullable Throwable failure;

    private Map<TaskId, Set<TopicPartition>> assigned = Map.of();
    private @Nullable GroupMembership member;
    private @Nullable GlobalTablesReader globals;

    /** Why it cannot go on, also before it runs. */
    private @Nullable Throwable broken;

    private @Nullable String deploymentId;

    /** Grows with each assignment; what was looked up for an earlier one is stale. */
    private int assignments;

    /** Of an instance that failed. */
    private Future<Void> left = Future.succeededFuture();

    private @Nullable Future<Void> closed;

    private StreamsRuntime(Vertx vertx, ApplicationRun app, @Nullable String instanceId) {
        this.vertx = vertx;
        this.app = app;
        this.instanceId = instanceId;
        this.assignor = new TaskAssignor(app.topology());
        this.context = Contexts.eventLoop(vertx);
    }

    /** Starts an application as it is defined; from a verticle: {@code start(vertx, ThalwegClient.of(vertx), app, defaults())}. */
    public static Future<StreamsRuntime> start(
            Vertx vertx, ThalwegClient client, StreamApp app, StreamsRuntimeConfig config) {
        return start(vertx, client, app.topology(), config, null);
    }

    /** As {@link #start(Vertx, ThalwegClient, Topology, StreamsRuntimeConfig, String)} with a member that the group names. */
    public static Future<StreamsRuntime> start(
            Vertx vertx, ThalwegClient client, Topology topology, StreamsRuntimeConfig config) {
        return start(vertx, client, topology, config, null);
    }

    /**
     * Starts an application: creates its internal topics, fills its global tables, joins its group. Completes when this instance
     * was given its tasks; they restore their stores after that. Fails with
     * {@link io.thalweg.streams.topology.TopologyException} if topics are missing or do not fit.
     *
     * @param instanceId the same at each start of the same instance, so that after a crash the group does not wait for the one
     *     that died (KIP-345); null to be told apart by the group
     */
    public static Future<StreamsRuntime> start(
            Vertx vertx,
            ThalwegClient client,
            Topology topology,
            StreamsRuntimeConfig config,
            @Nullable String instanceId) {
        StateBytes state = new StateBytes(config.stateBytesMax());
        ApplicationRun app = new ApplicationRun(
                client, topology, config, new GlobalStores(topology, state), state, new StreamsMetrics());
        StreamsRuntime runtime = new StreamsRuntime(vertx, app, instanceId);
        RunningStreams.add(vertx, runtime);
        return Contexts.on(runtime.context, runtime::begin)
                .transform(outcome -> outcome.succeeded()
                        ? Future.succeededFuture(runtime)
                        : runtime.close().transform(stopped -> Future.failedFuture(outcome.cause())));
    }

    private Future<Void> begin() {
        return InternalTopics.prepare(app.client(), app.topology())
                .compose(plan -> fillGlobals())
                .compose(done -> deploy())
                .compose(done -> join())
                .onSuccess(done -> {
                    if (state == State.STARTING) {
                        state = State.RUNNING;
                    }
                    Throwable already = broken;
                    if (already != null) {
                        fail(already);
                    }
                    LOGGER.atInfo()
                            .addKeyValue("stream", name())
                            .log("started: tasks={} processors={}", assigned.size(), loops.size());
                });
    }

    private Future<Void> fillGlobals() {
        if (app.globals().topics().isEmpty()) {
            return Future.succeededFuture();
        }
        GlobalTablesReader reader = new GlobalTablesReader(app, context, this::fail);
        globals = reader;
        return reader.fill();
    }

    private Future<Void> deploy() {
        int configured = app.config().processors();
        int count = configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
        return vertx.deployVerticle(
                        () -> new StreamProcessorVerticle(app, seat, loops::add),
                        new DeploymentOptions().setInstances(count))
                .map(id -> {
                    deploymentId = id;
                    return null;
                });
    }

    private Future<Void> join() {
        ConsumerConfig base = ConsumerConfig.inGroup(name());
        ConsumerConfig config = new ConsumerConfig(
                name(),
                instanceId,
                "thalweg-streams",
                base.reset(),
                base.isolation(),
                0,
                app.config().sessionTimeoutMillis(),
                base.maxWaitMillis(),
                base.fetchBytesMax(),
                base.bufferBytesMax());
        GroupMembership joining = app.client().member(config, new Listener(), List.of(assignor));
        member = joining;
        Set<String> topics = new TreeSet<>();
        for (SubTopology sub : app.topology().subTopologies()) {
            topics.addAll(sub.sourceTopics());
        }
        return joining.subscribe(topics);
    }

    public String name() {
        return app.application();
    }

    public Topology topology() {
        return app.topology();
    }

    public StreamsMetrics metrics() {
        return app.metrics();
    }

    public State state() {
        return state;
    }

    /** Why the state is FAILED; null else. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /** Bytes that all stores of this instance hold, global tables among them. */
    public long stateBytes() {
        return app.state().held();
    }

    /** What runs, where it stands and what it holds, as {@code GET /v1/streams/{name}} shows it. */
    public Future<JsonObject> describe() {
        return StreamsView.describe(this, app, loops.list());
    }

    /**
     * Rows of a store of this instance's tasks, or of a global table.
     *
     * @param key as the store's serde reads it from text; null for any
     * @param limit at most so many rows
     */
    public Future<JsonObject> query(String store, @Nullable String key, int limit) {
        return StreamsView.query(app, loops.list(), store, key, limit);
    }

    /** Lets the tasks stand still where they are; they stay in the group. */
    public Future<Void> pause() {
        if (state == State.RUNNING) {
            state = State.PAUSED;
        }
        return loops.all(loop -> {
            loop.pause();
            return Future.succeededFuture();
        });
    }

    public Future<Void> resume() {
        if (state == State.PAUSED) {
            state = State.RUNNING;
        }
        return loops.all(loop -> {
            loop.resume();
            return Future.succeededFuture();
        });
    }

    /** Makes failed tasks anew: restored from their changelogs, from the last commit on. */
    public Future<Void> restartFailedTasks() {
        return Contexts.on(context, () -> loops.all(ProcessorLoop::removeFailed).compose(all -> give(++assignments)));
    }

    /** Deletes from repartition topics what is committed; done every half minute anyway. Never fails. */
    Future<Void> purge() {
        return loops.all(ProcessorLoop::purge);
    }

    /** Commits, leaves the group at once and stops. Idempotent. */
    public Future<Void> close() {
        return Contexts.on(context, () -> {
            if (closed == null) {
                closed = stop();
            }
            return closed;
        });
    }

    private Future<Void> stop() {
        State before = state;
        state = State.STOPPED;
        RunningStreams.remove(vertx, this);
        assignments++;
        GroupMembership leaving = member;
        return loops.all(ProcessorLoop::suspend)
                .transform(suspended -> leaving == null ? left : leave(leaving))
                .transform(gone -> undeploy())
                .transform(undeployed -> {
                    if (globals != null) {
                        globals.close();
                    }
                    app.globals().close();
                    if (before != State.STARTING) {
                        LOGGER.atInfo().addKeyValue("stream", name()).log("stopped");
                    }
                    return Future.succeededFuture();
                });
    }

    private Future<Void> leave(GroupMembership leaving) {
        Future<Void> left = leaving.leave();
        if (instanceId == null || leaving.memberId().isEmpty()) {
            return left;
        }
        // A static member stays in the group so that it may come back; one that stops in order makes room for others.
        return left.compose(done -> app.client()
                .groups()
                .leave(name(), List.of(new LeavingMember("", instanceId, "stopped")))
                .mapEmpty());
    }

    private Future<Void> undeploy() {
        String id = deploymentId;
        return id == null ? Future.succeededFuture() : vertx.undeploy(id);
    }

    /** Ends as a crash would, with nothing committed; but the group does not wait for the session to end. */
    Future<Void> abandon() {
        return Contexts.on(context, () -> {
            state = State.STOPPED;
            RunningStreams.remove(vertx, this);
            assignments++;
            closed = Future.succeededFuture();
            GroupMembership leaving = member;
            return loops.all(ProcessorLoop::close)
                    .transform(dropped -> leaving == null ? Future.succeededFuture() : leaving.leave())
                    .transform(gone -> undeploy());
        });
    }

    // ---- the group; on the owner's context

    private final class Seat implements GroupSeat {
        @Override
        public Future<Void> commit(Map<TopicPartition, OffsetToCommit> offsets) {
            return seated(sitting -> sitting.commitOffsets(offsets));
        }

        @Override
        public Future<Void> confirm() {
            return seated(sitting ->
                    app.client().groups().heartbeat(name(), sitting.generation(), sitting.memberId(), instanceId));
        }

        private Future<Void> seated(Function<GroupMembership, Future<Void>> asking) {
            return Contexts.on(context, () -> {
                GroupMembership sitting = member;
                return sitting == null || sitting.generation() < 0
                        ? Future.failedFuture(new ThalwegException(
                                ErrorCode.ILLEGAL_GENERATION, "the tasks are not this instance's: stream=" + name()))
                        : asking.apply(sitting);
            });
        }

        @Override
        public void fenced(TaskId task) {
            context.runOnContext(turn -> giveUntilDone(++assignments));
        }
    }

    private final class Listener implements MembershipListener {
        @Override
        public Future<Void> onRevoke() {
            assignments++;
            return loops.all(ProcessorLoop::suspend);
        }

        @Override
        public void onLost() {
            assignments++;
            loops.drop();
        }

        @Override
        public void onAssigned(Set<TopicPartition> partitions) {
            GroupMembership sitting = Objects.requireNonNull(member);
            if (!tenure.continues(sitting.memberId(), sitting.generation())) {
                onLost(); // others may have run the tasks meanwhile: what is suspended here is behind
            }
            assigned = TaskAssignor.tasksOf(app.topology(), partitions);
            assignor.running(assigned.keySet());
            giveUntilDone(++assignments);
        }

        @Override
        public void onFailed(Throwable problem) {
            StreamsRuntime.this.onFailed(problem, "left the group for good");
        }
    }

    private void onFailed(Throwable problem, String what) {
        failure = problem;
        state = State.FAILED;
        assignments++;
        loops.drop();
        LOGGER.atError().addKeyValue("stream", name()).setCause(problem).log(what);
    }

    /** What all tasks need is gone: rather than go on without, this instance leaves them to others. */
    private void fail(Throwable problem) {
        broken = problem;
        if (state == State.STOPPED || state == State.FAILED || state == State.STARTING) {
            return;
        }
        onFailed(problem, "the application cannot go on here; restart it");
        GroupMembership leaving = member;
        if (leaving != null) {
            member = null;
            left = leave(leaving)
                    .onFailure(still -> LOGGER.atWarn()
                            .addKeyValue("stream", name())
                            .addKeyValue("error", still.toString())
                            .log("could not leave the group; it gives the tasks to others once the session ends"));
        }
    }

    /** Tries again as long as nothing newer comes: tasks that nobody runs would stand still without a word. */
    private void giveUntilDone(int assignment) {
        give(assignment).onFailure(problem -> {
            LOGGER.atError()
                    .addKeyValue("stream", name())
                    .setCause(problem)
                    .log("tasks could not be started; trying again");
            context.setTimer(GIVE_AGAIN_MILLIS, timer -> {
                if (assignment == assignments) {
                    giveUntilDone(assignment);
                }
            });
        });
    }

    /** Gives the assigned tasks to the loops, with what is committed for them. */
    private Future<Void> give(int assignment) {
        GroupMembership asking = member;
        if (asking == null || state == State.STOPPED || state == State.FAILED) {
            return Future.succeededFuture();
        }
        loops.retain(assigned.keySet());
        Set<TopicPartition> partitions = new HashSet<>();
        assigned.values().forEach(partitions::addAll);
        if (partitions.isEmpty()) {
            return Future.succeededFuture();
        }
        return asking.committed(List.copyOf(partitions)).compose(committed -> {
            if (assignment != assignments) {
                return Future.succeededFuture(); // a later one is under way
            }
            List<TaskStart> starts = new ArrayList<>();
            assigned.forEach((task, inputs) -> starts.add(TaskStart.of(task, inputs, committed)));
            loops.begin(starts);
            return Future.succeededFuture();
        });
    }
}
