package io.thalweg.connectors.runtime.herder;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.RuntimeConfig;
import io.thalweg.connectors.runtime.plugin.ConfigCheck;
import io.thalweg.connectors.runtime.plugin.Plugins;
import io.thalweg.connectors.runtime.policy.NodeHostPolicy;
import io.thalweg.connectors.runtime.policy.SecretReferences;
import io.thalweg.connectors.runtime.store.ConfigStore;
import io.thalweg.connectors.runtime.store.Positions;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.store.UsedTopics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Set;

/** Assembles a herder, and ends it. For the runtime alone. */
public final class Herders {

    private final Herder herder;

    /** @param tasks where its tasks run */
    public Herders(
            Vertx vertx,
            ContextInternal context,
            RuntimeConfig config,
            List<ConnectorPlugin> plugins,
            ConfigStore configs,
            StatusStore statuses,
            Tasks tasks) {
        herder = new Herder(vertx, context, check(config, plugins), configs, statuses, tasks, config.connectorsMax());
    }

    private static ConfigCheck check(RuntimeConfig config, List<ConnectorPlugin> plugins) {
        return new ConfigCheck(new Plugins(plugins), new NodeHostPolicy(config.policy()));
    }

    /** Makes tasks of this node. */
    public static TaskFactory tasks(
            Vertx vertx,
            ThalwegClient client,
            RuntimeConfig config,
            List<ConnectorPlugin> plugins,
            Positions offsets,
            UsedTopics used) {
        return new TaskFactory(
                vertx,
                client,
                check(config, plugins),
                new SecretReferences(config.policy()),
                new NodeHostPolicy(config.policy()),
                config.limits(),
                offsets,
                used);
    }

    public Herder herder() {
        return herder;
    }

    public Future<Void> start() {
        return herder.start();
    }

    /** Of the connectors that there are. On the herder's context. */
    public Set<String> names() {
        return herder.names();
    }

    /** Moves tasks that had better run elsewhere. On the herder's context. */
    public void rebalance() {
        herder.rebalance();
    }

    public static Future<Void> close(Herder herder) {
        return herder.close();
    }
}
