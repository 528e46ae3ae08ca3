package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.environment.Environment;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** One running node: its log directory, its metadata and the {@link BrokerApi} over them. */
public interface Broker {

    /**
     * Opens the data directory, replays the metadata and starts to serve. Fails, having released everything, when the
     * directory is locked by another process, of a newer version or of another cluster.
     */
    static Future<Broker> start(Vertx vertx, Environment environment, BrokerConfig config) {
        BrokerVerticle verticle = new BrokerVerticle(environment, config);
        return vertx.deployVerticle(verticle).map(id -> new DeployedBroker(vertx, id, verticle.node()));
    }

    BrokerApi api();

    BrokerConfig config();

    BrokerMetrics metrics();

    /** Whether the node can append: false once its log directory went offline or {@link #close()} was called. */
    boolean ready();

    /** Refuses new work, commits what was accepted, ends waiting fetches and leaves a clean shutdown marker. */
    Future<Void> close();
}
