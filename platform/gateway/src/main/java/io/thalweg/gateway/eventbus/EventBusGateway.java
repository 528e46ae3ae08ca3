package io.thalweg.gateway.eventbus;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import io.thalweg.gateway.http.RouteMount;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** The event-bus door, open: one verticle for each event loop behind one port. */
public final class EventBusGateway {

    private static final int INSTANCES_MAX = 16;

    private final Vertx vertx;
    private final DoorContext door;
    private final List<String> deployments = new ArrayList<>();

    private EventBusGateway(Vertx vertx, DoorContext door) {
        this.vertx = vertx;
        this.door = door;
    }

    /** Binds, serves and advertises. Fails if the address cannot be bound; nothing stays deployed then. */
    public static Future<EventBusGateway> start(
            Vertx vertx, BrokerApi broker, ThalwegClient client, EventBusGatewayConfig config) {
        EventBusGateway gateway = new EventBusGateway(vertx, new DoorContext(broker, client, config));
        int instances = Math.min(INSTANCES_MAX, Runtime.getRuntime().availableProcessors());
        return gateway.deploy(true)
                .compose(first -> gateway.deployOthers(instances - 1))
                .onSuccess(bound -> broker.advertise("eventBus", config.host(), gateway.port()))
                .map(bound -> gateway)
                .recover(failure -> gateway.undeploy().transform(undone -> Future.failedFuture(failure)));
    }

    /** The port that is bound. */
    public int port() {
        return door.boundPort();
    }

    public EventBusGatewayMetrics metrics() {
        return door.metrics();
    }

    /** SockJS with the same addresses, to be mounted by the HTTP door. Its sessions end with the HTTP door. */
    public RouteMount sockJs() {
        return new SockJsMount(vertx, door);
    }

    /** Refuses new clients, lets what is under way finish for a moment, and closes every connection. */
    public Future<Void> close() {
        door.startClosing();
        return undeploy();
    }

    /** Instances after the first bind the port that the first was given, and so share its connections. */
    private Future<Void> deployOthers(int count) {
        List<Future<Void>> others = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            others.add(deploy(false));
        }
        return Future.all(others).mapEmpty();
    }

    private Future<Void> deploy(boolean first) {
        return vertx.deployVerticle(new EventBusDoorVerticle(door, first)).map(id -> {
            synchronized (deployments) {
                deployments.add(id);
            }
            return null;
        });
    }

    private Future<Void> undeploy() {
        List<Future<Void>> undeployed = new ArrayList<>();
        synchronized (deployments) {
            deployments.forEach(id -> undeployed.add(vertx.undeploy(id)));
            deployments.clear();
        }
        return Future.join(undeployed).mapEmpty();
    }
}
