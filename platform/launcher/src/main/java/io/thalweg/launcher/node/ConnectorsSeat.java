package io.thalweg.launcher.node;

import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ThalwegClient;
import io.thalweg.client.membership.GroupMembership;
import io.thalweg.client.membership.MembershipListener;
import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.connectors.runtime.store.ConfigStore;
import io.thalweg.gateway.http.RouteMount;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connectors of a cluster: the nodes that have the role are a group, whose coordinator seats one of them, and that one runs
 * all connectors. It stops them before it gives the seat up; when it dies, its session ends and another one is seated.
 *
 * <p>A node that was silent for longer than its session may go on for the moment that it takes to hear so. Records of a source
 * that is exactly-once are then sent twice under the same sequences, and the log takes them once; a sink's partitions have their
 * own group. Confined to its context, but for {@link #running}.
 */
final class ConnectorsSeat implements ConnectorsRole, MembershipListener {

    static final String GROUP = "thalweg-connectors";
    static final TopicPartition SEAT = new TopicPartition(ConfigStore.TOPIC, 0);

    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectorsSeat.class);
    private static final String CLIENT_PREFIX = "node-";
    private static final long AGAIN_MILLIS = 1_000;
    private static final long LEAVE_MILLIS = 1_000;

    private final Vertx vertx;
    private final ContextInternal context;
    private final ThalwegClient client;
    private final int nodeId;
    private final Supplier<Future<ConnectorsRuntime>> starter;
    private final SeatAssignor assignor = new SeatAssignor();

    private volatile @Nullable ConnectorsRuntime running;

    private @Nullable GroupMembership member;
    private boolean seated;
    private boolean closing;

    /** Starts and stops go one after the other. */
    private Future<Void> lastTurn = Future.succeededFuture();

    private ConnectorsSeat(
            Vertx vertx,
            ContextInternal context,
            ThalwegClient client,
            int nodeId,
            Supplier<Future<ConnectorsRuntime>> starter) {
        this.vertx = vertx;
        this.context = context;
        this.client = client;
        this.nodeId = nodeId;
        this.starter = starter;
    }

    /**
     * Returns at once, with no seat yet.
     *
     * @param when joins the group then, however that ends
     */
    static ConnectorsSeat take(
            Vertx vertx,
            ThalwegClient client,
            int nodeId,
            Future<Void> when,
            Supplier<Future<ConnectorsRuntime>> starter) {
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        ConnectorsSeat seat = new ConnectorsSeat(vertx, context, client, nodeId, starter);
        when.onComplete(now -> context.runOnContext(turn -> seat.join()));
        return seat;
    }

    private void join() {
        if (closing) {
            return;
        }
        ConnectorsRuntime.prepare(vertx, client)
                .compose(prepared -> onContext(this::subscribe))
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
                defaults.sessionTimeoutMillis(),
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

    @Override
    public Future<Void> onRevoke() {
        return sit(false);
    }

    @Override
    public void onLost() {
        assignor.held(false);
        sit(false);
    }

    @Override
    public void onAssigned(Set<TopicPartition> partitions) {
        boolean mine = partitions.contains(SEAT);
        assignor.held(mine);
        sit(mine);
    }

    @Override
    public void onFailed(Throwable failure) {
        onLost();
        joinAgain(failure);
    }

    private Future<Void> sit(boolean wanted) {
        seated = wanted;
        lastTurn = lastTurn.transform(before -> onContext(this::settle));
        return lastTurn;
    }

    private Future<Void> settle() {
        ConnectorsRuntime now = running;
        if (seated && now == null && !closing) {
            return starter.get().transform(outcome -> {
                if (outcome.succeeded()) {
                    running = outcome.result(); // a turn that ends it waits for this one
                    LOGGER.atInfo().addKeyValue("nodeId", nodeId).log("the connectors of the cluster run on this node");
                } else {
                    LOGGER.atWarn()
                            .addKeyValue("error", String.valueOf(outcome.cause()))
                            .log("the connectors of the cluster did not start on this node; trying again");
                    context.runOnContext(turn -> context.setTimer(AGAIN_MILLIS, due -> sit(seated)));
                }
                return context.succeededFuture();
            });
        }
        if (now != null && !seated) {
            running = null;
            return now.close();
        }
        return context.succeededFuture();
    }

    private Future<Void> onContext(Supplier<Future<Void>> work) {
        Promise<Void> done = context.promise();
        context.runOnContext(turn -> work.get().onComplete(done));
        return done.future();
    }

    // ---- what the node asks

    @Override
    public @Nullable ConnectorsRuntime running() {
        return running;
    }

    @Override
    public RouteMount routes() {
        return new ConnectorsForward(vertx, client, nodeId, this::running)::mount;
    }

    /** The node that a member of the group is; -1 if it is none. */
    static int nodeOf(String clientId) {
        try {
            return clientId.startsWith(CLIENT_PREFIX)
                    ? Integer.parseInt(clientId.substring(CLIENT_PREFIX.length()))
                    : -1;
        } catch (NumberFormatException other) {
            return -1;
        }
    }

    @Override
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        context.runOnContext(turn -> {
            closing = true;
            sit(false)
                    .transform(stopped -> {
                        GroupMembership joined = member;
                        // If nobody coordinates any more, as in the last node that stops, its session ends by itself.
                        return joined == null
                                ? Future.<Void>succeededFuture()
                                : joined.leave().timeout(LEAVE_MILLIS, TimeUnit.MILLISECONDS);
                    })
                    .transform(left -> Future.<Void>succeededFuture())
                    .onComplete(closed);
        });
        return closed.future();
    }
}
