package io.thalweg.coordination.runtime;

import io.vertx.core.Promise;

/** Where the answer of one operation goes. Shards keep it and answer it once, through {@link Turn}. */
public final class Reply<T> {

    private final Promise<T> promise;
    private boolean given;

    public Reply(Promise<T> promise) {
        this.promise = promise;
    }

    /** Marks the answer as decided, though perhaps not released yet. */
    void give() {
        if (given) {
            throw new IllegalStateException("an operation is answered twice");
        }
        given = true;
    }

    Promise<T> promise() {
        return promise;
    }
}
