package io.thalweg.connectors.runtime.herder;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.store.StoredConnector;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connector of this node. Confined to the herder's context. */
final class ConnectorEntry {

    StoredConnector stored;
    ConnectorPlan plan;

    /** Null while its class is not known here. */
    @Nullable
    ConnectorPlugin plugin;

    /** By number. */
    final Map<Long, TaskInstance> instances = new HashMap<>();

    /** The node that runs each task, or ran it last, where it is another than the herder's. */
    final Map<Integer, String> workers = new HashMap<>();

    private @Nullable Promise<Void> quiet;
    private @Nullable Promise<Void> gone;

    ConnectorEntry(StoredConnector stored) {
        this.stored = stored;
        this.plan = ConnectorPlan.create(stored.name(), stored.target());
    }

    /** Completes when no instance of a task exists. */
    Future<Void> quiet() {
        if (plan.quiet()) {
            return Future.succeededFuture();
        }
        Promise<Void> waiting = quiet;
        if (waiting == null) {
            waiting = Promise.promise();
            quiet = waiting;
        }
        return waiting.future();
    }

    /** Completes when the connector is deleted and nothing of it exists. */
    Future<Void> gone() {
        Promise<Void> waiting = gone;
        if (waiting == null) {
            waiting = Promise.promise();
            gone = waiting;
        }
        return waiting.future();
    }

    void onPlanChanged() {
        Promise<Void> waiting = quiet;
        if (waiting != null && plan.quiet()) {
            quiet = null;
            waiting.complete();
        }
    }

    void onGone() {
        Promise<Void> waiting = gone;
        if (waiting != null) {
            waiting.complete();
        }
    }
}
