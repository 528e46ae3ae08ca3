package io.thalweg.connectors.runtime.source;

import io.thalweg.connectors.api.SourceTaskContext;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.thalweg.connectors.runtime.task.RunningContext;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** {@link SourceTaskContext} of one task. */
final class SourceContext extends RunningContext implements SourceTaskContext {

    SourceContext(TaskSetup setup, Handler<Throwable> failure) {
        super(setup, failure);
    }

    @Override
    public @Nullable JsonObject position(JsonObject partition) {
        StoredPosition stored = setup.offsets().position(connectorName(), partition);
        JsonObject offset = stored == null ? null : stored.offset();
        return offset == null ? null : offset.copy();
    }
}
