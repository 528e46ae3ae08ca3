package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link RunningNode} that is deployed in a Vert.x, to be undeployed on close. */
final class DeployedBroker implements Broker {

    private final Vertx vertx;
    private final String deploymentId;
    private final RunningNode node;
    private @Nullable Future<Void> undeployed;

    DeployedBroker(Vertx vertx, String deploymentId, RunningNode node) {
        this.vertx = vertx;
        this.deploymentId = deploymentId;
        this.node = node;
    }

    @Override
    public BrokerApi api() {
        return node.api();
    }

    @Override
    public BrokerApi routing() {
        return node.routing();
    }

    @Override
    public BrokerConfig config() {
        return node.config();
    }

    @Override
    public BrokerMetrics metrics() {
        return node.metrics();
    }

    @Override
    public boolean ready() {
        return node.notReady().isEmpty();
    }

    @Override
    public List<String> notReady() {
        return node.notReady();
    }

    @Override
    public Future<Void> handOver() {
        PromiseInternal<Void> done = ((ContextInternal) vertx.getOrCreateContext()).promise();
        node.handOver().onComplete(done);
        return done.future();
    }

    @Override
    public Future<Void> close() {
        PromiseInternal<Void> closed = ((ContextInternal) vertx.getOrCreateContext()).promise();
        undeploy().onComplete(closed);
        return closed.future();
    }

    private synchronized Future<Void> undeploy() {
        if (undeployed == null) {
            // A Vert.x that was closed finds nothing deployed: then it is closed already, or closing.
            undeployed = vertx.deploymentIDs().contains(deploymentId) ? vertx.undeploy(deploymentId) : node.close();
        }
        return undeployed;
    }
}
