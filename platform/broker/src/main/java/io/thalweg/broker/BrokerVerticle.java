package io.thalweg.broker;

import io.thalweg.broker.cluster.ClusterParts;
import io.thalweg.environment.Environment;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/** Deploys one broker node; its context, which may block, is the controller's. */
final class BrokerVerticle extends VerticleBase {

    private final Environment environment;
    private final BrokerConfig config;
    private @Nullable RunningNode node;

    private final @Nullable ClusterParts cluster;

    /** @param cluster null of a node that stands alone */
    BrokerVerticle(Environment environment, BrokerConfig config, @Nullable ClusterParts cluster) {
        this.environment = environment;
        this.config = config;
        this.cluster = cluster;
    }

    @Override
    public Future<?> start() {
        return open().compose(opened -> {
            node = opened;
            return opened.serve().recover(failure -> opened.close().transform(closed -> Future.failedFuture(failure)));
        });
    }

    private Future<RunningNode> open() {
        ClusterParts others = cluster;
        return others == null
                ? vertx.executeBlocking(() -> BrokerNode.open(vertx, context, environment, config))
                : ClusteredNode.open(vertx, context, environment, config, others);
    }

    @Override
    public Future<?> stop() {
        RunningNode started = node;
        return started == null ? Future.succeededFuture() : started.close();
    }

    RunningNode node() {
        RunningNode started = node;
        if (started == null) {
            throw new IllegalStateException("the broker is not started");
        }
        return started;
    }
}
