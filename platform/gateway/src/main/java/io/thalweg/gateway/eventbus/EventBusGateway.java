package io.thalweg.gateway.eventbus;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import io.thalweg.gateway.http.RouteMount;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The event-bus door, open: one verticle for each event loop behind one port. */
public final class EventBusGateway {

    private static final int INSTANCES_MAX = 16;

    private final Vertx vertx;
    private final DoorContext door;
    private final String deploymentId;

    private EventBusGateway(Vertx vertx, DoorContext door, String deploymentId) {
        this.vertx = vertx;
        this.door = door;
        this.deploymentId = deploymentId;
    }

    /** Binds, serves and advertises. Fails if the address cannot be bound; nothing stays deployed then. */
    public static Future<EventBusGateway> start(
            Vertx vertx, BrokerApi broker, ThalwegClient client, EventBusGatewayConfig config) {
        DoorContext door = new DoorContext(broker, client, config);
        int instances = Math.min(INSTANCES_MAX, Runtime.getRuntime().availableProcessors());
        return vertx.deployVerticle(
                        () -> new EventBusDoorVerticle(door), new DeploymentOptions().setInstances(instances))
                .map(deploymentId -> new EventBusGateway(vertx, door, deploymentId))
                .onSuccess(gateway -> broker.advertise("eventBus", config.host(), gateway.port()));
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
        return vertx.undeploy(deploymentId);
    }
}
