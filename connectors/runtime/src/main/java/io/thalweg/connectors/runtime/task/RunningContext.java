package io.thalweg.connectors.runtime.task;

import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.TaskContext;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** What the contexts of sources and sinks have in common. */
public abstract class RunningContext implements TaskContext {

    protected final TaskSetup setup;
    private final Handler<Throwable> failure;

    /** @param failure told when the task fails from outside a call; from any thread */
    protected RunningContext(TaskSetup setup, Handler<Throwable> failure) {
        this.setup = setup;
        this.failure = failure;
    }

    @Override
    public final Vertx vertx() {
        return setup.vertx();
    }

    @Override
    public final String connectorName() {
        return setup.identity().connector();
    }

    @Override
    public final int taskIndex() {
        return setup.identity().index();
    }

    @Override
    public final JsonObject config() {
        return setup.config().copy();
    }

    @Override
    public final JsonObject shownConfig() {
        return setup.shownConfig().copy();
    }

    @Override
    public final String redact(String text) {
        return setup.redaction().apply(text);
    }

    @Override
    public final HostPolicy policy() {
        return setup.policy();
    }

    @Override
    public final void fail(Throwable cause) {
        failure.handle(cause);
    }
}
