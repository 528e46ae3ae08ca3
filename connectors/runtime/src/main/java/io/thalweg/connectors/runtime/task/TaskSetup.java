package io.thalweg.connectors.runtime.task;

import io.thalweg.client.Producer;
import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * All that one instance of a task is made with.
 *
 * @param config typed, secrets resolved: never to be shown
 * @param limits of this node for each task
 * @param producer for dead letters, shared
 * @param failed told once if the task fails after it started; from any thread
 */
public record TaskSetup(
        Vertx vertx,
        ThalwegClient client,
        TaskIdentity identity,
        JsonObject config,
        TaskSettings settings,
        TaskLimits limits,
        HostPolicy policy,
        OffsetStore offsets,
        StatusStore statuses,
        TaskMetrics metrics,
        Producer producer,
        Handler<Throwable> failed) {

    @Override
    public String toString() {
        return "TaskSetup[" + identity + "]";
    }
}
