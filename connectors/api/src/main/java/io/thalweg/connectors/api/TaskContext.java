package io.thalweg.connectors.api;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** What every task is given. */
public interface TaskContext {

    Vertx vertx();

    String connectorName();

    /** 0 to the number of tasks, exclusively. */
    int taskIndex();

    /** This task's configuration: the schema's types, defaults filled in, secrets resolved. Never log it. */
    JsonObject config();

    /**
     * The same as it may be stored and shown: what was given as a reference to a secret is still that reference. For
     * what must not change when a secret does, such as the name of a source partition.
     */
    JsonObject shownConfig();

    /** Without the secrets of this task's configuration: for whatever is logged, or told in an exception. */
    String redact(String text);

    HostPolicy policy();

    /** Fails the task from outside a call, for example when a connection breaks between polls. */
    void fail(Throwable cause);
}
