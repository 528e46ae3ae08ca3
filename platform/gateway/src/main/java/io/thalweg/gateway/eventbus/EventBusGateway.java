package io.thalweg.gateway.eventbus;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The event-bus door, open. */
public final class EventBusGateway {

    private EventBusGateway() {}

    /** Opens the door; fails if the address cannot be bound. */
    public static Future<EventBusGateway> start(
            Vertx vertx, BrokerApi broker, ThalwegClient client, EventBusGatewayConfig config) {
        return Future.failedFuture(new UnsupportedOperationException("lands next"));
    }

    /** The port that is bound. */
    public int port() {
        return -1;
    }

    /** Refuses new work, lets what is under way finish for a moment, and closes every connection. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
