package io.thalweg.connectors.runtime.source;

import io.thalweg.connectors.runtime.store.StoredPosition;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** One polled batch on its way into the log. */
final class SourceDelivery {

    final JsonObject partition;
    final JsonObject offset;

    /** A later position was stored for good: this one must not be stored over it. */
    boolean superseded;

    /** Records that were handed to a window and have no outcome. */
    int outstanding;

    /** The position behind the batch; null while records of it are still to be handed out. */
    @Nullable
    StoredPosition after;

    SourceDelivery(JsonObject partition, JsonObject offset) {
        this.partition = partition;
        this.offset = offset;
    }

    boolean done() {
        return after != null && outstanding == 0;
    }
}
