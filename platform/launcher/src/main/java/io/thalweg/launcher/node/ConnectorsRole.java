package io.thalweg.launcher.node;

import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.gateway.http.RouteMount;
import io.vertx.core.Future;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The role {@code connector} of one node. */
interface ConnectorsRole {

    /** What leads the connectors here; null while another node of the cluster does. Any thread. */
    @Nullable
    ConnectorsRuntime running();

    /** Of the tasks that run on this node. Any thread. */
    Collection<TaskMetrics> metrics();

    /** Kafka Connect's interface, whichever node leads. */
    RouteMount routes();

    /** Stops this node's tasks, each with its positions stored. Never fails. */
    Future<Void> close();

    /** Of a node alone: they run from its start to its end. */
    record Lone(ConnectorsRuntime running) implements ConnectorsRole {
        @Override
        public Collection<TaskMetrics> metrics() {
            return running.metrics();
        }

        @Override
        public RouteMount routes() {
            return running.rest()::mount;
        }

        @Override
        public Future<Void> close() {
            return running.close();
        }
    }
}
