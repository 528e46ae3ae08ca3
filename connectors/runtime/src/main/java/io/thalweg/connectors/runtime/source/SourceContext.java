package io.thalweg.connectors.runtime.source;

import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SourceTaskContext;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** {@link SourceTaskContext} of one task. */
record SourceContext(TaskSetup setup, Handler<Throwable> failure) implements SourceTaskContext {

    @Override
    public @Nullable JsonObject position(JsonObject partition) {
        StoredPosition stored = setup.offsets().position(connectorName(), partition);
        JsonObject offset = stored == null ? null : stored.offset();
        return offset == null ? null : offset.copy();
    }

    @Override
    public Vertx vertx() {
        return setup.vertx();
    }

    @Override
    public String connectorName() {
        return setup.identity().connector();
    }

    @Override
    public int taskIndex() {
        return setup.identity().index();
    }

    @Override
    public JsonObject config() {
        return setup.config().copy();
    }

    @Override
    public HostPolicy policy() {
        return setup.policy();
    }

    @Override
    public void fail(Throwable cause) {
        failure.handle(cause);
    }
}
