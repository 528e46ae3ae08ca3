package io.thalweg.gateway.http;

import io.thalweg.gateway.admission.ConnectionAdmission;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives the connections of one event loop their seats, which all event loops share, and closes those that send no request
 * in time. Confined to its event loop.
 */
final class ConnectionLimiter {
    private final Vertx vertx;
    private final Context context;
    private final DoorContext door;
    /** Connections without a request yet. */
    private final Map<HttpConnection, Silent> silent = new HashMap<>();

    /** @param timer closes the connection */
    private record Silent(ConnectionAdmission.Seat seat, long timer) {}

    ConnectionLimiter(Vertx vertx, DoorContext door) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.door = door;
    }

    void onConnection(HttpConnection connection) {
        SocketAddress peer = connection.remoteAddress();
        String address = peer == null || peer.hostAddress() == null ? "" : peer.hostAddress();
        ConnectionAdmission.Seat seat = door.admission().admit(address, () -> {
            door.metrics().connectionsRefused.increment();
            context.runOnContext(turn -> connection.close());
        });
        if (seat == null) {
            door.metrics().connectionsRefused.increment();
            connection.close();
            return;
        }
        door.metrics().connectionsOpen.increment();
        long timer = vertx.setTimer(door.config().limits().firstRequestMillis(), expired -> {
            if (silent.remove(connection) != null) {
                connection.close();
            }
        });
        silent.put(connection, new Silent(seat, timer));
        connection.closeHandler(closed -> {
            Silent unheard = silent.remove(connection);
            if (unheard != null) {
                vertx.cancelTimer(unheard.timer());
            }
            seat.left();
            door.metrics().connectionsOpen.decrement();
        });
    }

    /** The connection has sent a request. */
    void onRequest(HttpConnection connection) {
        if (silent.isEmpty()) {
            return;
        }
        Silent heard = silent.remove(connection);
        if (heard != null) {
            vertx.cancelTimer(heard.timer());
            heard.seat().heard();
        }
    }
}
