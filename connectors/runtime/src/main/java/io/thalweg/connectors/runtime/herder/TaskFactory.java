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
import io.thalweg.connectors.runtime.store.Positions;
import io.thalweg.connectors.runtime.store.UsedTopics;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes instances of tasks on this node. {@link #make} and {@link #metrics} may be called from any thread. */
public final class TaskFactory implements Tasks {

    private final Vertx vertx;
    private final ThalwegClient client;
    private final ConfigCheck configs;
    private final SecretReferences secrets;
    private final HostPolicy policy;
    private final TaskLimits limits;
    private final Positions offsets;
    private final UsedTopics statuses;
    private final Producer deadLetters;

    /** Kept over restarts of a task, until its connector is deleted. */
    private final Map<TaskIdentity, TaskMetrics> metrics = new ConcurrentHashMap<>();

    public TaskFactory(
            Vertx vertx,
            ThalwegClient client,
            ConfigCheck configs,
            SecretReferences secrets,
            HostPolicy policy,
            TaskLimits limits,
            Positions offsets,
            UsedTopics statuses) {
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
    @Override
    public Future<TaskInstance> make(
            ConnectorPlugin plugin, TaskIdentity identity, JsonObject config, Handler<Throwable> failed) {
        return make(plugin, identity, config, failed, offsets, statuses);
    }

    /** The same with positions of its own. */
    public Future<TaskInstance> make(
            ConnectorPlugin plugin,
            TaskIdentity identity,
            JsonObject config,
            Handler<Throwable> failed,
            Positions positions,
            UsedTopics used) {
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
                            positions,
                            used,
                            metrics.computeIfAbsent(
                                    identity, made -> new TaskMetrics(made, plugin instanceof SourcePlugin)),
                            deadLetters,
                            failed);
                    ConnectorVerticle verticle = new ConnectorVerticle(calls -> plugin instanceof SourcePlugin source
                            ? new SourceRunner(setup, calls, source)
                            : new SinkRunner(setup, calls, (SinkPlugin) plugin));
                    return new LocalInstance(vertx, setup, verticle, plugin.blocking());
                });
    }

    @Override
    public Collection<TaskMetrics> metrics() {
        return List.copyOf(metrics.values());
    }

    @Override
    public void forget(String connector) {
        metrics.keySet().removeIf(identity -> identity.connector().equals(connector));
    }

    /** A task that runs elsewhere from here on. */
    public void forget(TaskIdentity identity) {
        metrics.remove(identity);
    }

    @Override
    public long startMillis() {
        return limits.startMillis();
    }

    @Override
    public Future<Void> keepOnly(String connector, List<JsonObject> wanted) {
        return Future.succeededFuture(); // on its own node a herder is the first
    }

    @Override
    public List<TaskIdentity> misplaced() {
        return List.of();
    }

    @Override
    public Future<Void> close(Collection<TaskInstance> instances) {
        List<Future<Void>> stops = new ArrayList<>();
        instances.forEach(instance -> stops.add(instance.stop()));
        return Future.join(stops).compose(stopped -> deadLetters.close());
    }
}
