package io.thalweg.broker.storage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/** A while that passes without a thread. */
public final class Delay {

    private Delay() {}

    /** Completes on the caller's context; never, if that ends before. */
    public static Future<Void> millis(Vertx vertx, long millis) {
        Promise<Void> over = ((ContextInternal) vertx.getOrCreateContext()).promise();
        vertx.setTimer(Math.max(1, millis), fired -> over.complete());
        return over.future();
    }
}
