package io.thalweg.connectors.runtime.herder;

import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;

/** Where a herder's tasks run: on its own node, or spread over those of a cluster. Called on the herder's context. */
public interface Tasks {

    /** @param failed told once if the task ends by itself after it started; from any thread */
    Future<TaskInstance> make(
            ConnectorPlugin plugin, TaskIdentity identity, JsonObject config, Handler<Throwable> failed);

    /** How long a task may take to start. */
    long startMillis();

    /** Of tasks of this node. Any thread. */
    Collection<TaskMetrics> metrics();

    void forget(String connector);

    /**
     * Before a configuration is planned: ends what an earlier herder has left running of this connector and that would not be
     * made again just so. Completes when it has stopped.
     *
     * @param wanted a configuration for each task; empty if none is to run
     */
    Future<Void> keepOnly(String connector, List<JsonObject> wanted);

    /** Tasks that had better run elsewhere; they are to be stopped, and made again. */
    List<TaskIdentity> misplaced();

    /** Ends it; {@code instances} are stopped, unless others take them over. */
    Future<Void> close(Collection<TaskInstance> instances);
}
