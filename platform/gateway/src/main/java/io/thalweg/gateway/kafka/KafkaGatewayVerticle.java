package io.thalweg.gateway.kafka;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.thalweg.gateway.admission.ConnectionAdmission;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The connections of one event loop. All instances listen on the same port; Vert.x spreads connections over them. */
@SuppressWarnings("FutureReturnValueIgnored") // a refused connection is closed, and nobody waits for it
final class KafkaGatewayVerticle extends VerticleBase {

    private static final int BACKLOG = 1024;
    private static final long SWEEP_MILLIS = 1_000;

    /** Vert.x: a free port that all instances share. */
    private static final int SHARED_RANDOM_PORT = -9_092;

    private final Door door;
    private final Set<KafkaConnection> connections = new HashSet<>();
    private @Nullable NetServer server;
    private @Nullable Promise<Void> drained;

    KafkaGatewayVerticle(Door door) {
        this.door = door;
    }

    @Override
    public Future<?> start() {
        KafkaGatewayConfig config = door.config();
        NetServerOptions options =
                new NetServerOptions().setAcceptBacklog(BACKLOG).setTcpNoDelay(true);
        if (config.sendBufferBytes() > 0) {
            options.setSendBufferSize(config.sendBufferBytes());
        }
        NetServer listening = vertx.createNetServer(options).connectHandler(this::accept);
        server = listening;
        vertx.setPeriodic(Math.min(SWEEP_MILLIS, Math.max(1, shortestPatienceMillis(config) / 2)), timer -> sweep());
        return listening.listen(config.port() == 0 ? SHARED_RANDOM_PORT : config.port(), config.host());
    }

    int port() {
        NetServer listening = server;
        return listening == null ? 0 : listening.actualPort();
    }

    /** Lets every connection finish what is under way; completes when all are closed. May be called from any thread. */
    Future<Void> drain() {
        Promise<Void> all = Promise.promise();
        context.runOnContext(begin -> {
            drained = all;
            List.copyOf(connections).forEach(KafkaConnection::drain);
            completeIfDrained();
        });
        return all.future();
    }

    private void accept(NetSocket socket) {
        ChannelHandlerContext handler = ((NetSocketInternal) socket).channelHandlerContext();
        Channel channel = handler.channel();
        String address =
                socket.remoteAddress() == null ? null : socket.remoteAddress().hostAddress();
        if (drained != null || address == null) {
            channel.close();
            return;
        }
        ConnectionAdmission.Seat seat = door.admission().admit(address, () -> refuse(channel, address));
        if (seat == null) {
            refuse(channel, address);
            return;
        }
        door.metrics().connectionsAccepted.increment();
        door.metrics().connectionsOpen.increment();
        new Accepted(channel, address, seat).connection.begin(handler.name());
    }

    /** On any thread. */
    private void refuse(Channel channel, String address) {
        door.metrics().connectionsRefused.increment();
        door.faults().connectionCut(address, "too many connections");
        channel.close();
    }

    private void sweep() {
        long now = System.nanoTime();
        List.copyOf(connections).forEach(connection -> connection.sweep(now));
    }

    private void completeIfDrained() {
        Promise<Void> waiting = drained;
        if (waiting != null && connections.isEmpty()) {
            waiting.tryComplete();
        }
    }

    private static long shortestPatienceMillis(KafkaGatewayConfig config) {
        return Math.min(
                Math.min(config.idleMillis(), config.firstRequestMillis()),
                Math.min(config.frameMillis(), config.writeStallMillis()));
    }

    /** Ties a connection to this verticle's set of them. */
    private final class Accepted {
        private final KafkaConnection connection;
        private final ConnectionAdmission.Seat seat;

        Accepted(Channel channel, String address, ConnectionAdmission.Seat seat) {
            this.seat = seat;
            this.connection =
                    new KafkaConnection(door, (ContextInternal) context, channel, address, seat::heard, this::closed);
            connections.add(connection);
        }

        private void closed() {
            connections.remove(connection);
            seat.left();
            door.metrics().connectionsOpen.decrement();
            completeIfDrained();
        }
    }
}
