package io.thalweg.connectors.runtime.task;

import io.thalweg.connectors.api.RetriableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries again what may succeed later, waiting longer each time. Confined to the runner's context. */
public final class Retry {

    private static final Logger LOGGER = LoggerFactory.getLogger(Retry.class);
    private static final int DELAY_MIN_MILLIS = 100;
    private static final long LOG_MILLIS = 30_000;

    private final ContextInternal context;
    private final TaskSetup setup;
    private final BooleanSupplier stopping;
    private long loggedAtMillis = Long.MIN_VALUE / 2;
    private @Nullable Promise<Void> waiting;

    public Retry(ContextInternal context, TaskSetup setup, BooleanSupplier stopping) {
        this.context = context;
        this.setup = setup;
        this.stopping = stopping;
    }

    public <T> Future<T> run(String what, Supplier<Future<T>> attempt) {
        return run(what, attempt, 1, nowMillis());
    }

    private <T> Future<T> run(String what, Supplier<Future<T>> attempt, int attempts, long beganMillis) {
        return attempt.get().recover(failure -> {
            setup.metrics().errors.increment();
            long left = timeLeft(beganMillis);
            if (!(failure instanceof RetriableException) || left <= 0 || stopping.getAsBoolean()) {
                return Future.failedFuture(failure);
            }
            setup.metrics().retries.increment();
            long delay = Math.min(left, delayMillis(attempts, setup.settings().retryDelayMaxMillis()));
            log(what, failure, attempts, delay);
            Promise<Void> waited = context.promise();
            waiting = waited;
            context.setTimer(Math.max(1, delay), timer -> waited.tryComplete());
            return waited.future()
                    .compose(over -> stopping.getAsBoolean()
                            ? Future.failedFuture(failure)
                            : run(what, attempt, attempts + 1, beganMillis));
        });
    }

    /** Ends a wait now: the task is stopping. */
    public void wake() {
        Promise<Void> now = waiting;
        if (now != null) {
            now.tryComplete();
        }
    }

    private long timeLeft(long beganMillis) {
        long timeout = setup.settings().retryTimeoutMillis();
        return timeout < 0 ? Long.MAX_VALUE : beganMillis + timeout - nowMillis();
    }

    /** Doubles, between half and the whole of what that gives. */
    static long delayMillis(int attempts, long maxMillis) {
        long ceiling = Math.min(maxMillis, (long) DELAY_MIN_MILLIS << Math.min(attempts - 1, 20));
        return ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1);
    }

    private void log(String what, Throwable failure, int attempts, long delayMillis) {
        if (nowMillis() - loggedAtMillis < LOG_MILLIS) {
            return;
        }
        loggedAtMillis = nowMillis();
        LOGGER.atWarn()
                .addKeyValue("connector", setup.identity().connector())
                .addKeyValue("task", setup.identity().index())
                .addKeyValue("error", failure.toString())
                .log("{} failed and is tried again: attempts={} delayMillis={}", what, attempts, delayMillis);
    }

    private static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }
}
