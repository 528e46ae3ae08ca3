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

    HostPolicy policy();

    /** Fails the task from outside a call, for example when a connection breaks between polls. */
    void fail(Throwable cause);
}
