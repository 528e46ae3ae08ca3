package io.thalweg.broker;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;

/** A {@link BrokerNode} that is deployed in a Vert.x, to be undeployed on close. */
final class DeployedBroker implements Broker {

    private final Vertx vertx;
    private final String deploymentId;
    private final BrokerNode node;

    DeployedBroker(Vertx vertx, String deploymentId, BrokerNode node) {
        this.vertx = vertx;
        this.deploymentId = deploymentId;
        this.node = node;
    }

    @Override
    public BrokerApi api() {
        return node.api();
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
        return node.ready();
    }

    @Override
    public Future<Void> close() {
        PromiseInternal<Void> closed = ((ContextInternal) vertx.getOrCreateContext()).promise();
        // A second call, or a Vert.x that was closed, finds nothing deployed: then it is closed already, or closing.
        (vertx.deploymentIDs().contains(deploymentId) ? vertx.undeploy(deploymentId) : node.close()).onComplete(closed);
        return closed.future();
    }
}
