package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.cluster.ClusterParts;
import io.thalweg.environment.Environment;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.util.List;

/** One running node: its log directory, its metadata and the {@link BrokerApi} over them. */
public interface Broker {

    /**
     * Opens the data directory, replays the metadata and starts to serve. Fails, having released everything, when the
     * directory is locked by another process, of a newer version or of another cluster.
     */
    static Future<Broker> start(Vertx vertx, Environment environment, BrokerConfig config) {
        return start(vertx, new BrokerVerticle(environment, config, null));
    }

    /**
     * The same in a cluster: completes when this node belongs to one and is registered there, which takes others; fails, too, when
     * those refuse it. Closes {@code cluster}'s peer when it closes, or fails.
     */
    static Future<Broker> start(Vertx vertx, Environment environment, BrokerConfig config, ClusterParts cluster) {
        return start(vertx, new BrokerVerticle(environment, config, cluster))
                .recover(failure -> cluster.peer().close().transform(closed -> Future.failedFuture(failure)));
    }

    private static Future<Broker> start(Vertx vertx, BrokerVerticle verticle) {
        // A worker: a topic of 10,000 partitions takes longer to set up than an event loop has.
        DeploymentOptions options = new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
        return vertx.deployVerticle(verticle, options).map(id -> new DeployedBroker(vertx, id, verticle.node()));
    }

    /** Serves what this node leads and coordinates, and refuses the rest: for doors whose clients find the right node. */
    BrokerApi api();

    /** Serves everything, over one hop to the node that leads or coordinates if need be. The same as {@link #api} alone. */
    BrokerApi routing();

    BrokerConfig config();

    BrokerMetrics metrics();

    /** Whether the node can append: false once its log directory went offline or {@link #close()} was called. */
    boolean ready();

    /** Why {@link #ready()} is false, for people; empty if it is true. */
    List<String> notReady();

    /**
     * Gives up what this node leads, to the best successors, before it closes: completes when they lead, or after the
     * configured time. Does nothing on a node that stands alone.
     */
    Future<Void> handOver();

    /** Refuses new work, commits what was accepted, ends waiting fetches and leaves a clean shutdown marker. */
    Future<Void> close();
}
