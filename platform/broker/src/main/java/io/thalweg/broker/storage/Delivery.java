package io.thalweg.broker.storage;

import io.vertx.core.internal.ContextInternal;

/** Something to be told on the thread of a context, once. */
public interface Delivery {

    /** Where {@link #deliver()} runs. */
    ContextInternal context();

    /** Runs on the thread of {@link #context()}; must not block nor throw. */
    void deliver();
}
