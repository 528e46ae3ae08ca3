package io.thalweg.connectors.runtime.spread;

import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.SequencedProducer;
import io.thalweg.client.ThalwegClient;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.connectors.runtime.RuntimeConfig;
import io.thalweg.connectors.runtime.store.ConfigStore;
import io.thalweg.connectors.runtime.store.EpochsExhaustedException;
import io.thalweg.connectors.runtime.store.SeatClaim;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.connectors.runtime.task.Turn;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.MemberDescription;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node among those that may run connectors. They are a group; its coordinator seats one of them, which leads: it has the
 * configurations, answers REST, and spreads the tasks over all members. A rebalance stops nothing: the seat stays where it was
 * as long as that node is a member, and tasks move because the seated node has them moved.
 *
 * <p>Confined to its context, but for the queries.
 */
public final class ConnectorsMember implements MembershipListener {

    /** The group of the nodes that may run connectors. */
    public static final String GROUP = "thalweg-connectors";

    /** Whose it is, leads. */
    public static final TopicPartition SEAT = new TopicPartition(ConfigStore.TOPIC, 0);

    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectorsMember.class);
    private static final String CLIENT_PREFIX = "node-";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final long AGAIN_MILLIS = 1_000;
    private static final long LEAVE_MILLIS = 1_000;
    private static final long CLOSE_MILLIS = 10_000;

    private final Vertx vertx;
    private final ContextInternal context;
    private final ThalwegClient client;
    private final int nodeId;
    private final RuntimeConfig config;
    private final List<ConnectorPlugin> plugins;
    private final int sessionMillis;
    private final TaskWorker worker;
    private final SeatAssignor assignor = new SeatAssignor();

    private volatile @Nullable ConnectorsRuntime running;

    /** Written on the context. */
    private volatile @Nullable GroupMembership member;

    private boolean seated;
    private boolean closing;

    /** Of the runtime that runs or starts; null if there is none. */
    private @Nullable SeatClaim claim;

    /** Somebody else has claimed since the runtime started: it is to start anew, if this node is still seated. */
    private boolean fenced;

    /** The producer id that is committed has no epochs left. */
    private boolean exhausted;

    /** Starts and stops of the runtime go one after the other. */
    private Future<Void> lastTurn = Future.succeededFuture();

    private ConnectorsMember(
            Vertx vertx,
            ContextInternal context,
            ThalwegClient client,
            int nodeId,
            RuntimeConfig config,
            List<ConnectorPlugin> plugins,
            int sessionMillis) {
        this.vertx = vertx;
        this.context = context;
        this.client = client;
        this.nodeId = nodeId;
        this.config = config;
        this.plugins = List.copyOf(plugins);
        this.sessionMillis = sessionMillis;
        ThalwegClient leased = new LeasedClient(vertx, client, this::leased);
        this.worker = new TaskWorker((VertxInternal) vertx, context, leased, nodeId, config, plugins);
    }

    /**
     * Returns at once.
     *
     * @param when joins the group then, however that ends: what it makes is to be spread over the nodes that are expected
     */
    public static ConnectorsMember join(
            Vertx vertx,
            ThalwegClient client,
            int nodeId,
            RuntimeConfig config,
            List<ConnectorPlugin> plugins,
            Future<Void> when) {
        return join(
                vertx,
                client,
                nodeId,
                config,
                plugins,
                when,
                ConsumerConfig.inGroup(GROUP).sessionTimeoutMillis());
    }

    /** @param sessionMillis how long a node may be silent before its tasks are others' */
    static ConnectorsMember join(
            Vertx vertx,
            ThalwegClient client,
            int nodeId,
            RuntimeConfig config,
            List<ConnectorPlugin> plugins,
            Future<Void> when,
            int sessionMillis) {
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        ConnectorsMember member = new ConnectorsMember(vertx, context, client, nodeId, config, plugins, sessionMillis);
        when.onComplete(now -> context.runOnContext(turn -> member.begin()));
        return member;
    }

    /** Whether the coordinator must still know this node, so that nobody else can have its tasks. Any thread. */
    private boolean leased() {
        GroupMembership joined = member;
        return joined != null && System.nanoTime() - joined.heardNanos() < TimeUnit.MILLISECONDS.toNanos(sessionMillis);
    }

    private void begin() {
        if (closing) {
            return;
        }
        vertx.executeBlocking(
                        () -> {
                            ConnectorsRuntime.cleanUp(plugins);
                            return null;
                        },
                        false)
                .onComplete(clean -> {
                    worker.open();
                    join();
                });
    }

    private void join() {
        if (closing) {
            return;
        }
        ConnectorsRuntime.prepare(vertx, client)
                .compose(prepared -> Turn.on(context, this::subscribe))
                .onFailure(failure -> context.runOnContext(turn -> joinAgain(failure)));
    }

    private Future<Void> subscribe() {
        if (closing) {
            return context.succeededFuture();
        }
        GroupMembership joined = client.member(config(), this, List.of(assignor));
        member = joined;
        return joined.subscribe(Set.of(SEAT.topic()));
    }

    private ConsumerConfig config() {
        ConsumerConfig defaults = ConsumerConfig.inGroup(GROUP);
        return new ConsumerConfig(
                GROUP,
                null,
                CLIENT_PREFIX + nodeId,
                defaults.reset(),
                defaults.isolation(),
                0,
                sessionMillis,
                defaults.maxWaitMillis(),
                defaults.fetchBytesMax(),
                defaults.bufferBytesMax());
    }

    private void joinAgain(Throwable failure) {
        if (closing) {
            return;
        }
        LOGGER.atWarn()
                .addKeyValue("groupId", GROUP)
                .addKeyValue("error", String.valueOf(failure.getMessage()))
                .log("not among the nodes that may run connectors; trying again");
        context.setTimer(AGAIN_MILLIS, due -> join());
    }

    // ---- what the group says

    /** Nothing stops for a rebalance: who has the seat keeps it, and fences guard what that may get wrong. */
    @Override
    public Future<Void> onRevoke() {
        return context.succeededFuture();
    }

    @Override
    public void onLost() {
        assignor.held(false);
        worker.lose();
        sit(false);
    }

    @Override
    public void onAssigned(Set<TopicPartition> partitions) {
        boolean mine = partitions.contains(SEAT);
        assignor.held(mine);
        worker.join();
        ConnectorsRuntime now = running;
        if (mine && now != null) {
            now.onMembersChanged();
        }
        sit(mine);
    }

    @Override
    public void onFailed(Throwable failure) {
        onLost();
        joinAgain(failure);
    }

    private Future<Void> sit(boolean wanted) {
        seated = wanted;
        lastTurn = lastTurn.transform(before -> Turn.on(context, this::settle));
        return lastTurn;
    }

    private Future<Void> settle() {
        ConnectorsRuntime now = running;
        if (now != null && (!seated || fenced)) {
            running = null;
            claim = null;
            return now.close().transform(closed -> Turn.on(context, this::settle));
        }
        return now == null && seated && !closing ? lead() : context.succeededFuture();
    }

    private Future<Void> lead() {
        fenced = false;
        return producerId()
                .compose(id -> Turn.on(context, () -> {
                    SeatClaim[] made = new SeatClaim[1];
                    made[0] = SeatClaim.by(id, () -> context.runOnContext(turn -> onFenced(made[0])));
                    claim = made[0];
                    return ConnectorsRuntime.lead(
                            vertx,
                            client,
                            config.withWorkerId(() -> Wire.workerId(
                                    client, nodeId, config.workerId().get())),
                            plugins,
                            new Seat(nodeId, made[0], this::confirm, this::members, worker::metrics));
                }))
                .transform(outcome -> Turn.on(context, () -> {
                    if (outcome.succeeded()) {
                        running = outcome.result(); // a turn that ends it waits for this one
                        LOGGER.atInfo()
                                .addKeyValue("nodeId", nodeId)
                                .log("this node leads the connectors of the cluster");
                        outcome.result().onMembersChanged(); // somebody may have come or gone meanwhile
                        return fenced || !seated ? settle() : context.succeededFuture();
                    }
                    claim = null;
                    exhausted |= outcome.cause() instanceof EpochsExhaustedException;
                    LOGGER.atWarn()
                            .addKeyValue("error", String.valueOf(outcome.cause()))
                            .log(
                                    "this node could not take the lead of the connectors; trying again while it is seated");
                    context.setTimer(AGAIN_MILLIS, due -> sit(seated));
                    return context.succeededFuture();
                }));
    }

    private void onFenced(@Nullable SeatClaim of) {
        if (of == null || !of.equals(claim) || fenced) {
            return;
        }
        fenced = true;
        LOGGER.atWarn()
                .addKeyValue("nodeId", nodeId)
                .log("another node has claimed the connectors' topics; this one takes them back if it is still seated");
        sit(seated);
    }

    /** That whoever is seated claims the internal topics with: the coordinator keeps it, and takes it of nobody else. */
    private Future<Long> producerId() {
        GroupMembership joined = member;
        if (joined == null) {
            return context.failedFuture(unseated());
        }
        return joined.committed(List.of(SEAT)).compose(committed -> {
            CommittedOffset kept = committed.get(SEAT);
            if (kept != null && !exhausted && NUMBER.matcher(kept.metadata()).matches()) {
                return Future.succeededFuture(Long.parseLong(kept.metadata()));
            }
            return client.sequencedProducer(-1)
                    .map(SequencedProducer::producerId)
                    .compose(made -> Turn.on(
                                    context,
                                    () -> joined.commitOffsets(
                                            Map.of(SEAT, new OffsetToCommit(0, -1, Long.toString(made)))))
                            .map(stored -> {
                                exhausted = false;
                                return made;
                            }));
        });
    }

    private Future<Void> confirm() {
        return Turn.on(context, () -> {
            GroupMembership joined = member;
            return joined == null || joined.generation() < 0 || !seated
                    ? context.failedFuture(unseated())
                    : client.groups().heartbeat(GROUP, joined.generation(), joined.memberId(), null);
        });
    }

    private static ThalwegException unseated() {
        return new ThalwegException(
                ErrorCode.ILLEGAL_GENERATION, "this node is not seated in the group's generation: groupId=" + GROUP);
    }

    private Future<Map<Integer, String>> members() {
        return client.groups().describe(GROUP).map(group -> {
            Map<Integer, String> members = new HashMap<>();
            for (MemberDescription description : group.members()) {
                int node = nodeOf(description.clientId());
                if (node >= 0) {
                    members.put(node, description.memberId());
                }
            }
            return members;
        });
    }

    // ---- what the node asks; any thread

    /** What leads the connectors here; null while another node does. */
    public @Nullable ConnectorsRuntime running() {
        return running;
    }

    /** Of the tasks that run on this node, whoever leads. */
    public Collection<TaskMetrics> metrics() {
        return worker.metrics();
    }

    /** The node that a member of the group is; -1 if it is none. */
    public static int nodeOf(String clientId) {
        try {
            return clientId.startsWith(CLIENT_PREFIX)
                    ? Integer.parseInt(clientId.substring(CLIENT_PREFIX.length()))
                    : -1;
        } catch (NumberFormatException other) {
            return -1;
        }
    }

    /** Stops this node's tasks, each with its positions stored, and leaves. The others' go on. Never fails. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        context.runOnContext(turn -> worker.close()
                .transform(stopped -> Turn.on(context, () -> {
                    closing = true;
                    // One that is taking the lead, and cannot since the others have gone, is not waited for.
                    return sit(false).timeout(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
                }))
                .transform(stopped -> Turn.on(context, () -> {
                    GroupMembership joined = member;
                    // If nobody coordinates any more, as in the last node that stops, its session ends by itself.
                    return joined == null
                            ? Future.<Void>succeededFuture()
                            : joined.leave().timeout(LEAVE_MILLIS, TimeUnit.MILLISECONDS);
                }))
                .transform(left -> Future.<Void>succeededFuture())
                .onComplete(closed));
        return closed.future();
    }
}
