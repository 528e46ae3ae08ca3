package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** The running HTTP door: one verticle for each event loop behind one port. */
public final class HttpGateway {
    private final Vertx vertx;
    private final DoorContext door;
    private final List<String> deployments = new ArrayList<>();

    private HttpGateway(Vertx vertx, DoorContext door) {
        this.vertx = vertx;
        this.door = door;
    }

    /**
     * Binds and serves. Completes once the port is open and advertised; fails with the bind's error, and nothing stays
     * deployed then.
     */
    public static Future<HttpGateway> start(
            Vertx vertx, BrokerApi broker, ThalwegClient client, HttpGatewayConfig config, List<RouteMount> mounts) {
        DoorContext door = new DoorContext(broker, client, config, List.copyOf(mounts));
        HttpGateway gateway = new HttpGateway(vertx, door);
        return gateway.deployFirst()
                .compose(first -> gateway.deployOthers())
                .onSuccess(bound -> broker.advertise("http", config.host(), gateway.port()))
                .map(bound -> gateway)
                .recover(failure -> gateway.undeploy().transform(closed -> Future.failedFuture(failure)));
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
        return undeploy();
    }

    private Future<Void> deployFirst() {
        return deploy();
    }

    /** Instances after the first bind the port that the first was given, and so share its connections. */
    private Future<Void> deployOthers() {
        List<Future<Void>> others = new ArrayList<>();
        for (int i = 1; i < door.config().instances(); i++) {
            others.add(deploy());
        }
        return Future.all(others).mapEmpty();
    }

    private Future<Void> deploy() {
        return vertx.deployVerticle(new HttpDoorVerticle(door)).map(id -> {
            synchronized (deployments) {
                deployments.add(id);
            }
            return null;
        });
    }

    private Future<Void> undeploy() {
        List<Future<Void>> undeployed = new ArrayList<>();
        synchronized (deployments) {
            for (String id : deployments) {
                undeployed.add(vertx.undeploy(id));
            }
            deployments.clear();
        }
        return Future.join(undeployed).mapEmpty();
    }
}
