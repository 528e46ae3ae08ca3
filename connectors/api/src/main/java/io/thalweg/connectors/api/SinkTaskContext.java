package io.thalweg.connectors.api;

import io.vertx.core.Future;

/** What a sink task is given. */
public interface SinkTaskContext extends TaskContext {

    /**
     * Says that the other side refused one record for good. With {@code errors.tolerance=all} it goes to the dead-letter
     * topic (if one is named) and the future completes when it is there: the task goes on without it. Else the future
     * fails, and so must the put.
     */
    Future<Void> refuse(SinkRecord record, Throwable cause);

    /** Asks for a flush and a commit soon, for example when a file was rolled. */
    void requestCommit();
}
