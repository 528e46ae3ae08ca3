package io.thalweg.connectors.runtime.store;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Where sources stand, for their tasks. */
public interface Positions {

    /** The position of a source partition, or null. */
    @Nullable
    StoredPosition position(String connector, JsonObject partition);

    /**
     * Completes when it is stored. Writes of one partition keep their order.
     *
     * @param position null to forget the partition
     */
    Future<Void> put(String connector, JsonObject partition, @Nullable StoredPosition position);
}
