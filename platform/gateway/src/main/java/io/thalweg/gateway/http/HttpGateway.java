package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/** The running HTTP door: one verticle for each event loop behind one port. */
public final class HttpGateway {
    private final Vertx vertx;
    private final DoorContext door;
    private final String deploymentId;

    private HttpGateway(Vertx vertx, DoorContext door, String deploymentId) {
        this.vertx = vertx;
        this.door = door;
        this.deploymentId = deploymentId;
    }

    /**
     * Binds and serves. Completes once the port is open and advertised; fails with the bind's error, and nothing stays
     * deployed then.
     */
    public static Future<HttpGateway> start(
            Vertx vertx, BrokerApi broker, ThalwegClient client, HttpGatewayConfig config, List<RouteMount> mounts) {
        DoorContext door = new DoorContext(broker, client, config, List.copyOf(mounts));
        return vertx.deployVerticle(
                        () -> new HttpDoorVerticle(door), new DeploymentOptions().setInstances(config.instances()))
                .map(deploymentId -> new HttpGateway(vertx, door, deploymentId))
                .onSuccess(gateway -> broker.advertise("http", config.host(), gateway.port()));
    }

    /** The port that was bound. */
    public int port() {
        return door.boundPort();
    }

    public HttpGatewayMetrics metrics() {
        return door.metrics();
    }

    /**
     * Stops accepting, ends event streams and WebSockets (their clients can resume elsewhere), and completes when the
     * requests under way were answered or five seconds passed.
     */
    public Future<Void> close() {
        door.startDraining();
        return vertx.undeploy(deploymentId);
    }
}
