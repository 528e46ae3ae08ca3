package io.thalweg.connectors.runtime.herder;

import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.api.SourcePlugin;
import io.thalweg.connectors.runtime.plugin.ConfigCheck;
import io.thalweg.connectors.runtime.policy.SecretReferences;
import io.thalweg.connectors.runtime.sink.SinkRunner;
import io.thalweg.connectors.runtime.source.SourceRunner;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.task.ConnectorVerticle;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.thalweg.connectors.runtime.task.TaskLimits;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.connectors.runtime.task.TaskSettings;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes instances of tasks. */
final class TaskFactory {

    private final Vertx vertx;
    private final ThalwegClient client;
    private final ConfigCheck configs;
    private final SecretReferences secrets;
    private final HostPolicy policy;
    private final TaskLimits limits;
    private final OffsetStore offsets;
    private final StatusStore statuses;
    private final Producer deadLetters;

    /** Kept over restarts of a task, until its connector is deleted. */
    private final Map<TaskIdentity, TaskMetrics> metrics = new ConcurrentHashMap<>();

    TaskFactory(
            Vertx vertx,
            ThalwegClient client,
            ConfigCheck configs,
            SecretReferences secrets,
            HostPolicy policy,
            TaskLimits limits,
            OffsetStore offsets,
            StatusStore statuses) {
        this.vertx = vertx;
        this.client = client;
        this.configs = configs;
        this.secrets = secrets;
        this.policy = policy;
        this.limits = limits;
        this.offsets = offsets;
        this.statuses = statuses;
        this.deadLetters = client.producer(ProducerConfig.defaults());
    }

    /** Resolves the secrets of {@code config} on a worker; fails if they are not to be had. */
    Future<TaskInstance> make(
            ConnectorPlugin plugin, TaskIdentity identity, JsonObject config, Handler<Throwable> failed) {
        return vertx.executeBlocking(() -> configs.resolve(plugin, config, secrets), false)
                .map(resolved -> {
                    TaskSetup setup = new TaskSetup(
                            vertx,
                            client,
                            identity,
                            resolved.config(),
                            config,
                            resolved.redaction(),
                            TaskSettings.from(resolved.config()),
                            limits,
                            policy,
                            offsets,
                            statuses,
                            metrics.computeIfAbsent(
                                    identity, made -> new TaskMetrics(made, plugin instanceof SourcePlugin)),
                            deadLetters,
                            failed);
                    ConnectorVerticle verticle = new ConnectorVerticle(calls -> plugin instanceof SourcePlugin source
                            ? new SourceRunner(setup, calls, source)
                            : new SinkRunner(setup, calls, (SinkPlugin) plugin));
                    return new TaskInstance(vertx, setup, verticle, plugin.blocking());
                });
    }

    Collection<TaskMetrics> metrics() {
        return List.copyOf(metrics.values());
    }

    void forget(String connector) {
        metrics.keySet().removeIf(identity -> identity.connector().equals(connector));
    }

    long startMillis() {
        return limits.startMillis();
    }

    Future<Void> close() {
        return deadLetters.close();
    }
}
