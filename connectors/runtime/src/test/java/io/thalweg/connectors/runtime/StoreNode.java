package io.thalweg.connectors.runtime;

import io.thalweg.connectors.runtime.store.OffsetStore;
import io.vertx.core.Future;
import java.nio.file.Path;

/** A log, and stores over it. */
public final class StoreNode {

    private final RuntimeNode node;

    public StoreNode(Path directory) throws Exception {
        node = new RuntimeNode(directory);
    }

    /** A new one, with what the log has. */
    public OffsetStore offsets() throws Exception {
        return node.on(() -> {
            OffsetStore store = new OffsetStore(node.vertx, node.client);
            return store.load().map(store);
        });
    }

    public <T> T await(Future<T> future) throws Exception {
        return RuntimeNode.await(future);
    }

    public void close() throws Exception {
        node.close();
    }
}
