package io.thalweg.connectors.runtime.herder;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** One instance of a task, here or on another node. Confined to the herder's context. */
public interface TaskInstance {

    /** What states name the node by that it is on; null for the herder's own. */
    @Nullable
    String worker();

    /** A failure as it may be logged and shown. */
    String trace(Throwable failure);

    /**
     * Fails if the task does not start within {@code startMillis}; what comes of it later is stopped. Fails with
     * {@link TaskMovedException} if it is not the task's fault.
     */
    Future<Void> start(long startMillis);

    /** Completes when the task has stopped, was given up, or can change nothing any more; never fails. Once. */
    Future<Void> stop();
}
