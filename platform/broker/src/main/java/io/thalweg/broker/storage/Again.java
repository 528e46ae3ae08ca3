package io.thalweg.broker.storage;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Tries once more what did not work. One future, however often: futures in futures would grow with every try. */
public final class Again {

    private final ContextInternal context;
    private final long pauseMillisMax;
    private final Predicate<Throwable> worthwhile;

    private long pauseMillis;

    private Again(ContextInternal context, long pauseMillis, long pauseMillisMax, Predicate<Throwable> worthwhile) {
        this.context = context;
        this.pauseMillis = pauseMillis;
        this.pauseMillisMax = pauseMillisMax;
        this.worthwhile = worthwhile;
    }

    /**
     * Completes on the caller's context, where every attempt is made, too.
     *
     * @param worthwhile whether to try again after this failure; what bounds the tries is in it
     */
    public static <T> Future<T> after(
            Vertx vertx, long pauseMillis, Predicate<Throwable> worthwhile, Supplier<Future<T>> attempt) {
        return after(vertx, pauseMillis, pauseMillis, worthwhile, attempt);
    }

    /** The same, with pauses that double up to {@code pauseMillisMax}. */
    public static <T> Future<T> after(
            Vertx vertx,
            long pauseMillis,
            long pauseMillisMax,
            Predicate<Throwable> worthwhile,
            Supplier<Future<T>> attempt) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        Promise<T> done = context.promise();
        new Again(context, Math.max(1, pauseMillis), Math.max(1, pauseMillisMax), worthwhile).attempt(attempt, done);
        return done.future();
    }

    private <T> void attempt(Supplier<Future<T>> attempt, Promise<T> done) {
        Future<T> made;
        try {
            made = attempt.get();
        } catch (RuntimeException failure) {
            made = Future.failedFuture(failure);
        }
        made.onComplete(result -> {
            if (result.succeeded()) {
                done.complete(result.result());
            } else if (worthwhile.test(result.cause())) {
                long pause = pauseMillis;
                pauseMillis = Math.min(pauseMillisMax, 2 * pause);
                context.setTimer(pause, fired -> attempt(attempt, done));
            } else {
                done.fail(result.cause());
            }
        });
    }
}
