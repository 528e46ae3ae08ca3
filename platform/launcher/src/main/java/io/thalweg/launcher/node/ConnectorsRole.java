package io.thalweg.launcher.node;

import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.gateway.http.RouteMount;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The role {@code connector} of one node. */
interface ConnectorsRole {

    /** What runs here; null while another node of the cluster runs the connectors. Any thread. */
    @Nullable
    ConnectorsRuntime running();

    /** Kafka Connect's interface, whichever node runs them. */
    RouteMount routes();

    /** Stops the tasks, each with its positions stored. Never fails. */
    Future<Void> close();

    /** Of a node alone: they run from its start to its end. */
    record Lone(ConnectorsRuntime running) implements ConnectorsRole {
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
