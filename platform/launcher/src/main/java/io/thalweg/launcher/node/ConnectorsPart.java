package io.thalweg.launcher.node;

import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.api.ConnectorPlugin;
import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.connectors.runtime.RuntimeConfig;
import io.thalweg.connectors.runtime.spread.ConnectorsMember;
import io.thalweg.launcher.node.ConnectorsConfig.RestCreation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Supplier;

/** The role {@code connector}: connectors, their REST interface behind the HTTP door, their place in the flow. */
final class ConnectorsPart {
    private ConnectorsPart() {}

    /** Of a node alone. */
    static Future<ConnectorsRuntime> start(
            Vertx vertx, ThalwegClient client, ConnectorsConfig config, String httpHost, Supplier<String> workerId) {
        return find(vertx, config, httpHost, workerId)
                .compose(found -> ConnectorsRuntime.start(vertx, client, found.runtime(), found.plugins()));
    }

    /**
     * Of a node of a cluster, which returns at once.
     *
     * @param when it takes part then, however that ends
     */
    static Future<ConnectorsMember> join(
            Vertx vertx,
            ThalwegClient client,
            int nodeId,
            ConnectorsConfig config,
            String httpHost,
            Supplier<String> workerId,
            Future<Void> when) {
        return find(vertx, config, httpHost, workerId)
                .map(found -> ConnectorsMember.join(vertx, client, nodeId, found.runtime(), found.plugins(), when));
    }

    private static Future<Found> find(
            Vertx vertx, ConnectorsConfig config, String httpHost, Supplier<String> workerId) {
        return vertx.executeBlocking(() -> {
            boolean changes = config.restCreation() == RestCreation.ALWAYS
                    || (config.restCreation() == RestCreation.LOOPBACK && BindPolicy.isLoopback(httpHost));
            RuntimeConfig runtime = config.runtime().withRestChanges(changes).withWorkerId(workerId);
            return new Found(runtime, ConnectorPlugins.find(config.pluginPath()));
        });
    }

    private record Found(RuntimeConfig runtime, List<ConnectorPlugin> plugins) {}
}
