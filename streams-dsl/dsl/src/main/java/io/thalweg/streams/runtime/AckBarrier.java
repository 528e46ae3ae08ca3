package io.thalweg.streams.runtime;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Everything that a task sent between two commits: complete once it is sealed and all of it is acknowledged. Confined. */
final class AckBarrier {

    private final Promise<Void> promise = Promise.promise();
    private int open;
    private boolean sealed;

    void sent() {
        open++;
    }

    void acknowledged() {
        open--;
        check();
    }

    /** Nothing more joins. */
    Future<Void> seal() {
        sealed = true;
        check();
        return promise.future();
    }

    private void check() {
        if (sealed && open == 0) {
            promise.tryComplete();
        }
    }
}
