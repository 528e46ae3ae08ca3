package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.environment.Environment;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;

/** One running node: its log directory, its metadata and the {@link BrokerApi} over them. */
public interface Broker {

    /**
     * Opens the data directory, replays the metadata and starts to serve. Fails, having released everything, when the
     * directory is locked by another process, of a newer version or of another cluster.
     */
    static Future<Broker> start(Vertx vertx, Environment environment, BrokerConfig config) {
        BrokerVerticle verticle = new BrokerVerticle(environment, config);
        // A worker: a topic of 10,000 partitions takes longer to set up than an event loop has.
        DeploymentOptions options = new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
        return vertx.deployVerticle(verticle, options).map(id -> new DeployedBroker(vertx, id, verticle.node()));
    }

    BrokerApi api();

    BrokerConfig config();

    BrokerMetrics metrics();

    /** Whether the node can append: false once its log directory went offline or {@link #close()} was called. */
    boolean ready();

    /** Refuses new work, commits what was accepted, ends waiting fetches and leaves a clean shutdown marker. */
    Future<Void> close();
}
