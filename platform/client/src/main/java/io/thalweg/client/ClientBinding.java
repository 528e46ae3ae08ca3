package io.thalweg.client;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which client belongs to a Vert.x instance. The node that runs there binds it while it can serve; {@link ThalwegClient#of}
 * looks it up. Thread-safe; ends with the Vert.x instance.
 */
public final class ClientBinding implements Shareable {

    private static final String MAP = "io.thalweg.client";
    private static final String KEY = "node";

    private final ThalwegClient client;

    private ClientBinding(ThalwegClient client) {
        this.client = Objects.requireNonNull(client);
    }

    /** @throws IllegalStateException if a node is bound already: one Vert.x instance carries one node */
    public static void bind(Vertx vertx, ThalwegClient client) {
        if (map(vertx).putIfAbsent(KEY, new ClientBinding(client)) != null) {
            throw new IllegalStateException(
                    "a Thalweg node already runs on this Vert.x instance; close it first, or use another instance");
        }
    }

    /** After it, {@link ThalwegClient#of} fails. Does nothing if another client is bound, or none. */
    public static void unbind(Vertx vertx, ThalwegClient client) {
        ClientBinding bound = map(vertx).get(KEY);
        if (bound != null && bound.client == client) {
            map(vertx).removeIfPresent(KEY, bound);
        }
    }

    static @Nullable ThalwegClient bound(Vertx vertx) {
        ClientBinding bound = map(vertx).get(KEY);
        return bound == null ? null : bound.client;
    }

    private static LocalMap<String, ClientBinding> map(Vertx vertx) {
        return vertx.sharedData().getLocalMap(MAP);
    }
}
