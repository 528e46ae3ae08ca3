package io.thalweg.streams.runtime;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.function.Supplier;

/** Work on another context, with the outcome on the caller's. */
final class Contexts {

    private Contexts() {}

    static ContextInternal eventLoop(Vertx vertx) {
        return ((VertxInternal) vertx).createEventLoopContext();
    }

    static <T> Future<T> on(Context context, Supplier<Future<T>> task) {
        ContextInternal caller = ((VertxInternal) context.owner()).getOrCreateContext();
        Promise<T> promise = caller.promise();
        context.runOnContext(turn -> {
            try {
                task.get().onComplete(promise);
            } catch (RuntimeException failure) {
                promise.fail(failure);
            }
        });
        return promise.future();
    }
}
