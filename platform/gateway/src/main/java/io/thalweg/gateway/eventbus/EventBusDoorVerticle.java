package io.thalweg.gateway.eventbus;

import io.thalweg.client.ProducerConfig;
import io.thalweg.gateway.admission.ConnectionAdmission;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Serves one event loop's share of the TCP clients; one of them also the addresses on the event bus itself. */
final class EventBusDoorVerticle extends VerticleBase {

    private static final int BACKLOG = 1_024;

    /** To Vert.x, a negative port is a free one that all who ask for this number share: not the other doors. */
    private static final int ANY_PORT = -7_000;

    private final DoorContext door;
    private final Set<TcpConnection> connections = new LinkedHashSet<>();
    private @Nullable NetServer server;
    private @Nullable Addresses addresses;
    private @Nullable ClusterAddresses cluster;

    EventBusDoorVerticle(DoorContext door) {
        this.door = door;
    }

    @Override
    public Future<?> start() {
        Addresses served = new Addresses(vertx, door, door.client().producer(ProducerConfig.defaults()));
        addresses = served;
        int clockMillis = Math.max(
                10,
                Math.min(
                        1_000,
                        Math.min(door.config().idleMillis(), door.config().frameMillis()) / 4));
        vertx.setPeriodic(clockMillis, timer -> checkClocks());
        if (door.claimEventBus()) {
            cluster = new ClusterAddresses(vertx, door, served);
            cluster.open();
        }
        NetServer opened = vertx.createNetServer(new NetServerOptions().setAcceptBacklog(BACKLOG))
                .connectHandler(socket -> onConnect(socket, served));
        server = opened;
        int port = door.config().port();
        return opened.listen(port == 0 ? ANY_PORT : port, door.config().host())
                .onSuccess(bound -> door.bound(bound.actualPort()));
    }

    private void onConnect(NetSocket socket, Addresses served) {
        SocketAddress peer = socket.remoteAddress();
        String host = peer == null || peer.hostAddress() == null ? "" : peer.hostAddress();
        ConnectionAdmission.Seat seat = door.admit(host, () -> context.runOnContext(turn -> refuse(socket, host)));
        if (seat == null) {
            refuse(socket, host);
            return;
        }
        TcpConnection connection = new TcpConnection(vertx, door, served, socket, host, seat::heard);
        connections.add(connection);
        socket.closeHandler(closed -> {
            connections.remove(connection);
            door.left(seat);
            connection.onClosed();
        });
    }

    private void refuse(NetSocket socket, String host) {
        door.log().warn(host, "connection refused: a limit is reached");
        ThalwegException refusal = new ThalwegException(
                ErrorCode.THROTTLING_QUOTA_EXCEEDED, "connection refused: the door's limit is reached; retry later");
        socket.end(TcpConnection.frame(BridgeMessages.failure(null, null, refusal)))
                .onComplete(ended -> socket.close());
    }

    private void checkClocks() {
        long now = TcpConnection.nowMillis();
        for (TcpConnection connection : new ArrayList<>(connections)) {
            connection.checkClocks(now);
        }
    }

    /** What is under way gets its answer, within the configured time; then everything is closed. */
    @Override
    public Future<?> stop() {
        List<Future<Void>> closes = new ArrayList<>();
        ClusterAddresses inCluster = cluster;
        if (inCluster != null) {
            closes.add(inCluster.close());
        }
        return drained(TcpConnection.nowMillis() + door.config().drainMillis())
                .compose(drained -> {
                    for (TcpConnection connection : new ArrayList<>(connections)) {
                        closes.add(connection.session().end());
                        connection.close();
                    }
                    return Future.join(closes);
                })
                .transform(closed -> addresses == null ? Future.succeededFuture() : addresses.close())
                .transform(closed -> server == null ? Future.succeededFuture() : server.close());
    }

    private Future<Void> drained(long deadlineMillis) {
        boolean busy =
                connections.stream().anyMatch(connection -> connection.session().inFlight() > 0);
        if (!busy || TcpConnection.nowMillis() >= deadlineMillis) {
            return Future.succeededFuture();
        }
        Promise<Void> later = Promise.promise();
        vertx.setTimer(10, timer -> drained(deadlineMillis).onComplete(later));
        return later.future();
    }
}
