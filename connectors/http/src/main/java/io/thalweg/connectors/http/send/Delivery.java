package io.thalweg.connectors.http.send;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.http.egress.EgressAnswer;
import io.thalweg.connectors.http.egress.EgressClient;
import io.thalweg.connectors.http.egress.EgressDeniedException;
import io.thalweg.connectors.http.egress.EgressRequest;
import io.thalweg.connectors.http.egress.RetryAfter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a request until it is taken, refused, or has been tried for long enough. */
final class Delivery {

    private static final Logger LOGGER = LoggerFactory.getLogger(Delivery.class);
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Vertx vertx;
    private final EgressClient client;
    private final HttpSinkConfig config;
    private final String connector;
    private final Map<Long, Promise<Void>> waits = new HashMap<>();
    private long loggedNanos = System.nanoTime() - LOG_NANOS;
    private boolean closed;

    Delivery(Vertx vertx, EgressClient client, HttpSinkConfig config, String connector) {
        this.vertx = vertx;
        this.client = client;
        this.config = config;
        this.connector = connector;
    }

    /**
     * Completes when the request was taken. Fails with {@link UnsendableRecordException} if its records were refused, with
     * {@link RetriableException} after {@code retry.timeout.ms}, and with anything else for good.
     */
    Future<Void> send(EgressRequest request) {
        Attempts attempts = new Attempts(request);
        attempts.next();
        return attempts.outcome.future();
    }

    /** One request that is sent, with one promise however often: a chain of futures would grow with each attempt. */
    private final class Attempts {
        private final EgressRequest request;
        private final Promise<Void> outcome = Promise.promise();
        private final long deadlineNanos =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.retryTimeoutMillis());
        private int failed;

        Attempts(EgressRequest request) {
            this.request = request;
        }

        void next() {
            client.send(request).onComplete(sent -> {
                Throwable cause = sent.cause();
                if (sent.succeeded()) {
                    onAnswer(sent.result());
                } else if (cause instanceof EgressDeniedException) {
                    outcome.fail(cause);
                } else {
                    again(-1, String.valueOf(cause.getMessage()), cause);
                }
            });
        }

        private void onAnswer(EgressAnswer answer) {
            int status = answer.status();
            String where = "host=" + request.uri().getHost() + " status=" + status;
            if (config.success().contains(status)) {
                outcome.complete();
            } else if (config.retry().contains(status)) {
                again(RetryAfter.millis(answer.headers().get("Retry-After"), System.currentTimeMillis()), where, null);
            } else if (status == 401 || status == 403 || status == 407) {
                outcome.fail(new IllegalStateException(
                        "webhook refuses us: " + where + "; look at the connector's headers and signing secret"));
            } else {
                outcome.fail(new UnsendableRecordException("webhook refused the record: " + where
                        + "; success.codes and retry.codes say what each status means"));
            }
        }

        private void again(long afterMillis, String what, @Nullable Throwable cause) {
            long wait = Math.min(config.backoffMillisMax(), Math.max(afterMillis, backoff(failed)));
            if (closed || System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait) - deadlineNanos > 0) {
                outcome.fail(new RetriableException(
                        "webhook did not take the record: " + what + " attempts=" + (failed + 1), cause));
                return;
            }
            log(what, failed, wait);
            failed++;
            delay(wait).onComplete(waited -> {
                if (waited.succeeded()) {
                    next();
                } else {
                    outcome.fail(waited.cause());
                }
            });
        }
    }

    /** Doubles with each attempt; between a half and the whole of it, so that many do not come back at once. */
    private long backoff(int attempt) {
        long doubled = config.backoffMillis() << Math.min(attempt, 20);
        long whole = Math.max(1, Math.min(config.backoffMillisMax(), doubled));
        return whole - ThreadLocalRandom.current().nextLong(whole / 2 + 1);
    }

    private Future<Void> delay(long millis) {
        Promise<Void> promise = Promise.promise();
        long[] timer = new long[1];
        timer[0] = vertx.setTimer(Math.max(1, millis), fired -> {
            waits.remove(timer[0]);
            promise.tryComplete();
        });
        waits.put(timer[0], promise);
        return promise.future();
    }

    private void log(String what, int attempt, long waitMillis) {
        long now = System.nanoTime();
        if (now - loggedNanos >= LOG_NANOS) {
            loggedNanos = now;
            LOGGER.atWarn()
                    .addKeyValue("connector", connector)
                    .addKeyValue("attempt", attempt + 1)
                    .addKeyValue("waitMillis", waitMillis)
                    .addKeyValue("error", what)
                    .log("webhook did not take a request; it is sent again");
        }
    }

    /** Ends every wait: what waits fails. */
    void close() {
        closed = true;
        for (Map.Entry<Long, Promise<Void>> wait : Map.copyOf(waits).entrySet()) {
            vertx.cancelTimer(wait.getKey());
            wait.getValue().tryFail(new RetriableException("the connector stops", null));
        }
        waits.clear();
    }
}
