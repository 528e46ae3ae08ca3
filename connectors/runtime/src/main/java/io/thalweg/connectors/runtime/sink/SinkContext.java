package io.thalweg.connectors.runtime.sink;

import io.thalweg.connectors.api.HostPolicy;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** {@link SinkTaskContext} of one task. */
record SinkContext(TaskSetup setup, Callbacks callbacks) implements SinkTaskContext {

    /** What a task may ask for, from any thread. */
    interface Callbacks {
        Future<Void> refuse(SinkRecord record, Throwable cause);

        void requestCommit();

        void fail(Throwable cause);
    }

    @Override
    public Future<Void> refuse(SinkRecord record, Throwable cause) {
        return callbacks.refuse(record, cause);
    }

    @Override
    public void requestCommit() {
        callbacks.requestCommit();
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
        callbacks.fail(cause);
    }
}
