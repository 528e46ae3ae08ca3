package io.thalweg.launcher.node;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.connectors.runtime.spread.ConnectorsMember;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.gateway.http.RouteMount;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The role {@code connector} of a node of a cluster: it runs its share of the tasks, and leads them all if it is seated. */
record ConnectorsSeat(Vertx vertx, ThalwegClient client, int nodeId, ConnectorsMember member)
        implements ConnectorsRole {

    @Override
    public @Nullable ConnectorsRuntime running() {
        return member.running();
    }

    @Override
    public Collection<TaskMetrics> metrics() {
        return member.metrics();
    }

    @Override
    public RouteMount routes() {
        return new ConnectorsForward(vertx, client, nodeId, this::running)::mount;
    }

    @Override
    public Future<Void> close() {
        return member.close();
    }
}
