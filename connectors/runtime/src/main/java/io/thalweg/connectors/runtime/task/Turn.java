package io.thalweg.connectors.runtime.task;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Supplier;

/** Work that belongs to a context, whoever asks for it. */
public final class Turn {

    private Turn() {}

    /** Does the work in a turn of its own, and completes on the context; what it throws fails it. From any thread. */
    public static <T> Future<T> on(ContextInternal context, Supplier<Future<T>> work) {
        Promise<T> done = context.promise();
        context.runOnContext(turn -> {
            try {
                work.get().onComplete(done);
            } catch (RuntimeException failure) {
                done.fail(failure);
            }
        });
        return done.future();
    }
}
