package io.thalweg.launcher;

import io.thalweg.client.ThalwegClient;
import io.thalweg.launcher.config.SettingsException;
import io.thalweg.launcher.config.SettingsLoader;
import io.thalweg.launcher.node.BindPolicy;
import io.thalweg.launcher.node.DoorPorts;
import io.thalweg.launcher.node.Node;
import io.thalweg.launcher.node.NodeConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * A node embedded in a Vert.x application: broker, doors and verticles run on the application's own Vert.x instance.
 * docs/VERTICLES.md has an example. Thread-safe.
 */
public final class Thalweg {

    private final Node node;

    private Thalweg(Node node) {
        this.node = node;
    }

    /**
     * Starts a node; one for each Vert.x instance. Code on the instance then finds its client with
     * {@link ThalwegClient#of}, and its event-bus addresses on the instance's event bus.
     *
     * @param settings as in {@code conf/thalweg.json}; what is absent has its default. Name {@code node.dataDirectory}; turn
     *     doors off with {@code http.enabled} and its like, or give them port 0
     * @return completes when every door is open; fails with SettingsException (a key is wrong), or with what kept the node
     *     from starting, after all that was started has been stopped
     */
    public static Future<Thalweg> start(Vertx vertx, JsonObject settings) {
        return vertx.executeBlocking(() -> config(settings), false)
                .compose(config -> Node.start(config, vertx))
                .map(Thalweg::new);
    }

    private static NodeConfig config(JsonObject settings) throws SettingsException {
        var loaded = new SettingsLoader().object(settings, "the application").load();
        BindPolicy.check(loaded);
        return NodeConfig.from(loaded);
    }

    public ThalwegClient client() {
        return node.client();
    }

    /** Where the doors are. */
    public DoorPorts ports() {
        return node.ports();
    }

    /** Stops everything in order and completes when all is released; the Vert.x instance stays open. Idempotent. */
    public Future<Void> close() {
        return node.close();
    }
}
