package io.thalweg.connectors.runtime.herder;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.runtime.RuntimeConfig;
import io.thalweg.connectors.runtime.plugin.ConfigCheck;
import io.thalweg.connectors.runtime.plugin.Plugins;
import io.thalweg.connectors.runtime.policy.SecretReferences;
import io.thalweg.connectors.runtime.store.ConfigStore;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.List;

/** Assembles a herder, and ends it. For the runtime alone. */
public final class Herders {

    private final Herder herder;

    public Herders(
            Vertx vertx,
            ContextInternal context,
            ThalwegClient client,
            RuntimeConfig config,
            List<ConnectorPlugin> plugins,
            HostPolicy policy,
            ConfigStore configs,
            OffsetStore offsets,
            StatusStore statuses) {
        ConfigCheck check = new ConfigCheck(new Plugins(plugins), policy);
        TaskFactory tasks = new TaskFactory(
                vertx,
                client,
                check,
                new SecretReferences(config.policy()),
                policy,
                config.limits(),
                offsets,
                statuses);
        herder = new Herder(vertx, context, check, configs, statuses, tasks, config.connectorsMax());
    }

    public Herder herder() {
        return herder;
    }

    public Future<Void> start() {
        return herder.start();
    }

    public static Future<Void> close(Herder herder) {
        return herder.close();
    }
}
