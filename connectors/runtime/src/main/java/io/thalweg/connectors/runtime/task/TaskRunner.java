package io.thalweg.connectors.runtime.task;

import io.vertx.core.Future;

/** Runs one instance of one task. Both methods are called on the runner's context. */
public interface TaskRunner {

    /** Completes when the plugin's task has started. */
    Future<Void> start();

    /** Finishes what is under way, stores positions and releases everything; also after a failure. Never fails. */
    Future<Void> stop();
}
