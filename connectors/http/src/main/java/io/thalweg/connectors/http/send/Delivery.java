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
        return attempt(request, 0, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.retryTimeoutMillis()));
    }

    private Future<Void> attempt(EgressRequest request, int attempt, long deadlineNanos) {
        return client.send(request).transform(sent -> {
            if (sent.succeeded()) {
                return onAnswer(request, sent.result(), attempt, deadlineNanos);
            }
            Throwable cause = sent.cause();
            return cause instanceof EgressDeniedException
                    ? Future.failedFuture(cause)
                    : again(request, attempt, deadlineNanos, -1, String.valueOf(cause.getMessage()), cause);
        });
    }

    private Future<Void> onAnswer(EgressRequest request, EgressAnswer answer, int attempt, long deadlineNanos) {
        int status = answer.status();
        if (config.success().contains(status)) {
            return Future.succeededFuture();
        }
        String where = "host=" + request.uri().getHost() + " status=" + status;
        if (config.retry().contains(status)) {
            long after = RetryAfter.millis(answer.headers().get("Retry-After"), System.currentTimeMillis());
            return again(request, attempt, deadlineNanos, after, where, null);
        }
        if (status == 401 || status == 403 || status == 407) {
            return Future.failedFuture(new IllegalStateException(
                    "webhook refuses us: " + where + "; look at the connector's headers and signing secret"));
        }
        return Future.failedFuture(new UnsendableRecordException(
                "webhook refused the record: " + where + "; success.codes and retry.codes say what each status means"));
    }

    private Future<Void> again(
            EgressRequest request,
            int attempt,
            long deadlineNanos,
            long afterMillis,
            String what,
            @org.jspecify.annotations.Nullable Throwable cause) {
        long wait = Math.min(config.backoffMillisMax(), Math.max(afterMillis, backoff(attempt)));
        if (closed || System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait) - deadlineNanos > 0) {
            return Future.failedFuture(new RetriableException(
                    "webhook did not take the record: " + what + " attempts=" + (attempt + 1), cause));
        }
        log(what, attempt, wait);
        return delay(wait).compose(waited -> attempt(request, attempt + 1, deadlineNanos));
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
