package io.thalweg.connectors.runtime.task;

import io.thalweg.client.Producer;
import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.runtime.policy.Redaction;
import io.thalweg.connectors.runtime.store.Positions;
import io.thalweg.connectors.runtime.store.UsedTopics;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * All that one instance of a task is made with.
 *
 * @param config typed, secrets resolved: never to be shown
 * @param shownConfig the same with references in the place of secrets
 * @param redaction takes the secrets out of what is logged or shown
 * @param limits of this node for each task
 * @param producer for dead letters, shared
 * @param failed told once if the task fails after it started; from any thread
 */
public record TaskSetup(
        Vertx vertx,
        ThalwegClient client,
        TaskIdentity identity,
        JsonObject config,
        JsonObject shownConfig,
        Redaction redaction,
        TaskSettings settings,
        TaskLimits limits,
        HostPolicy policy,
        Positions offsets,
        UsedTopics statuses,
        TaskMetrics metrics,
        Producer producer,
        Handler<Throwable> failed) {

    @Override
    public String toString() {
        return "TaskSetup[" + identity + "]";
    }
}
