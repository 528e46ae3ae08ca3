package io.thalweg.connectors.api;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a source task is given. */
public interface SourceTaskContext extends TaskContext {

    /** The stored offset of a source partition, or null if there is none. Read before {@code start}; does not block. */
    @Nullable
    JsonObject position(JsonObject partition);
}
