package io.thalweg.connectors.runtime.task;

import io.thalweg.connectors.api.RetriableException;
import io.vertx.core.AsyncResult;
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

    /** Ends the wait that is under way; null while there is none. */
    private @Nullable Runnable waiting;

    public Retry(ContextInternal context, TaskSetup setup, BooleanSupplier stopping) {
        this.context = context;
        this.setup = setup;
        this.stopping = stopping;
    }

    public <T> Future<T> run(String what, Supplier<Future<T>> attempt) {
        Attempts<T> attempts = new Attempts<>(what, attempt);
        attempts.next();
        return attempts.outcome.future();
    }

    /** Ends a wait now: the task is stopping. */
    public void wake() {
        Runnable now = waiting;
        if (now != null) {
            now.run();
        }
    }

    /** One thing that is tried, with one promise however often: a chain of futures would grow with each attempt. */
    private final class Attempts<T> {
        private final String what;
        private final Supplier<Future<T>> attempt;
        private final Promise<T> outcome = context.promise();
        private final long beganMillis = nowMillis();
        private int count;

        Attempts(String what, Supplier<Future<T>> attempt) {
            this.what = what;
            this.attempt = attempt;
        }

        void next() {
            count++;
            attempt.get().onComplete(this::onAttempt);
        }

        private void onAttempt(AsyncResult<T> attempted) {
            if (attempted.succeeded()) {
                outcome.complete(attempted.result());
                return;
            }
            Throwable failure = attempted.cause();
            setup.metrics().errors.increment();
            long left = timeLeft();
            if (!(failure instanceof RetriableException) || left <= 0 || stopping.getAsBoolean()) {
                outcome.fail(failure);
                return;
            }
            setup.metrics().retries.increment();
            long delay = Math.min(left, delayMillis(count, setup.settings().retryDelayMaxMillis()));
            log(what, failure, count, delay);
            await(Math.max(1, delay), failure);
        }

        private void await(long delayMillis, Throwable failure) {
            Runnable over = new Runnable() {
                private final long timer = context.setTimer(delayMillis, fired -> run());

                @Override
                public void run() {
                    if (waiting == this) {
                        waiting = null;
                        context.owner().cancelTimer(timer);
                        if (stopping.getAsBoolean()) {
                            outcome.fail(failure);
                        } else {
                            next();
                        }
                    }
                }
            };
            waiting = over;
        }

        private long timeLeft() {
            long timeout = setup.settings().retryTimeoutMillis();
            return timeout < 0 ? Long.MAX_VALUE : beganMillis + timeout - nowMillis();
        }
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
                .addKeyValue("error", setup.redaction().apply(failure.toString()))
                .log("{} failed and is tried again: attempts={} delayMillis={}", what, attempts, delayMillis);
    }

    private static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }
}
