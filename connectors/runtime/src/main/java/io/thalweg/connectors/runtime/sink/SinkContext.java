package io.thalweg.connectors.runtime.sink;

import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.runtime.task.RunningContext;
import io.thalweg.connectors.runtime.task.TaskSetup;
import io.vertx.core.Future;

/** {@link SinkTaskContext} of one task. */
final class SinkContext extends RunningContext implements SinkTaskContext {

    /** What a task may ask for, from any thread. */
    interface Callbacks {
        Future<Void> refuse(SinkRecord record, Throwable cause);

        void requestCommit();

        void fail(Throwable cause);
    }

    private final Callbacks callbacks;

    SinkContext(TaskSetup setup, Callbacks callbacks) {
        super(setup, callbacks::fail);
        this.callbacks = callbacks;
    }

    @Override
    public Future<Void> refuse(SinkRecord record, Throwable cause) {
        return callbacks.refuse(record, cause);
    }

    @Override
    public void requestCommit() {
        callbacks.requestCommit();
    }
}
