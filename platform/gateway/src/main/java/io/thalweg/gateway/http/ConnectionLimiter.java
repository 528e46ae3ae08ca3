package io.thalweg.gateway.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps the number of connections under the node's limit and does not let them sit idle before their first request. At
 * the limit, the connection that has waited longest without a request gives way to the new one, so that a flood of silent
 * connections does not shut others out. Confined to one event loop.
 */
final class ConnectionLimiter {
    private final Vertx vertx;
    private final DoorContext door;
    /** Connections without a request yet, oldest first, with the timer that ends them. */
    private final Map<HttpConnection, Long> silent = new LinkedHashMap<>();

    ConnectionLimiter(Vertx vertx, DoorContext door) {
        this.vertx = vertx;
        this.door = door;
    }

    void onConnection(HttpConnection connection) {
        HttpLimits limits = door.config().limits();
        if (door.connections().incrementAndGet() > limits.connectionsMax() && !closeOldestSilent()) {
            door.connections().decrementAndGet();
            door.metrics().connectionsRefused.increment();
            connection.close();
            return;
        }
        door.metrics().connectionsOpen.increment();
        long timer = vertx.setTimer(limits.firstRequestMillis(), expired -> {
            if (silent.remove(connection) != null) {
                connection.close();
            }
        });
        silent.put(connection, timer);
        connection.closeHandler(closed -> {
            onRequest(connection);
            door.connections().decrementAndGet();
            door.metrics().connectionsOpen.decrement();
        });
    }

    /** The connection has sent a request. */
    void onRequest(HttpConnection connection) {
        if (silent.isEmpty()) {
            return;
        }
        Long timer = silent.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }

    private boolean closeOldestSilent() {
        Iterator<Map.Entry<HttpConnection, Long>> oldest = silent.entrySet().iterator();
        if (!oldest.hasNext()) {
            return false;
        }
        Map.Entry<HttpConnection, Long> entry = oldest.next();
        oldest.remove();
        vertx.cancelTimer(entry.getValue());
        door.metrics().connectionsRefused.increment();
        entry.getKey().close();
        return true;
    }
}
