package io.thalweg.gateway.http;

import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes whole answers, so that every one of them carries the same headers. Safe from any event loop. */
final class Answers {
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final Logger LOGGER = LoggerFactory.getLogger(Answers.class);
    private static final CharSequence PROBLEM = HttpHeaders.createOptimized("application/problem+json");
    private static final CharSequence NOSNIFF_NAME = HttpHeaders.createOptimized("x-content-type-options");
    private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence POLICY_NAME = HttpHeaders.createOptimized("content-security-policy");
    private static final CharSequence POLICY =
            HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    private static final CharSequence RESOURCE_POLICY_NAME =
            HttpHeaders.createOptimized("cross-origin-resource-policy");
    private static final CharSequence SAME_ORIGIN = HttpHeaders.createOptimized("same-origin");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence ONE_SECOND = HttpHeaders.createOptimized("1");
    private static final long LOG_INTERVAL_NANOS = 1_000_000_000;

    private final HttpGatewayMetrics metrics;
    private final AtomicLong lastLogNanos = new AtomicLong(System.nanoTime() - LOG_INTERVAL_NANOS);

    Answers(HttpGatewayMetrics metrics) {
        this.metrics = metrics;
    }

    /** Headers of every answer; set before a route runs, so that mounted routes have them and may replace them. */
    static void secure(HttpServerResponse response) {
        response.headers()
                .set(NOSNIFF_NAME, NOSNIFF)
                .set(POLICY_NAME, POLICY)
                .set(RESOURCE_POLICY_NAME, SAME_ORIGIN)
                .set(HttpHeaders.CACHE_CONTROL, NO_STORE);
    }

    void json(HttpServerRequest request, int status, JsonWriter json) {
        send(request, status, JSON, Buffer.buffer(json.toBytes()));
    }

    void send(HttpServerRequest request, int status, CharSequence contentType, Buffer body) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        count(status);
        response.headers().set(HttpHeaders.CONTENT_TYPE, contentType);
        response.setStatusCode(status).end(body);
    }

    void empty(HttpServerRequest request, int status) {
        HttpServerResponse response = request.response();
        if (!response.ended() && !response.closed()) {
            count(status);
            response.setStatusCode(status).end();
        }
    }

    /** Answers with a problem; what is our own defect is logged with its stack. */
    void problem(HttpServerRequest request, Throwable failure) {
        HttpProblem problem = HttpProblem.of(failure);
        logDefect(request, failure, problem);
        if (problem.status() == 503) {
            request.response().putHeader(HttpHeaders.RETRY_AFTER, ONE_SECOND);
        }
        JsonWriter json = new JsonWriter();
        problem.write(json);
        send(request, problem.status(), PROBLEM, Buffer.buffer(json.toBytes()));
    }

    /** Logs what no client caused; at most one line a second. */
    void logDefect(HttpServerRequest request, Throwable failure, HttpProblem problem) {
        if (problem.error() != ErrorCode.UNKNOWN_SERVER_ERROR || failure instanceof ThalwegException) {
            return;
        }
        long now = System.nanoTime();
        long last = lastLogNanos.get();
        if (now - last >= LOG_INTERVAL_NANOS && lastLogNanos.compareAndSet(last, now)) {
            LOGGER.atError()
                    .setCause(failure)
                    .addKeyValue("method", request.method().name())
                    .addKeyValue("error", failure.getClass().getName())
                    .log("request failed unexpectedly");
        }
    }

    private void count(int status) {
        if (status >= 500) {
            metrics.serverErrors.increment();
        } else if (status >= 400) {
            metrics.clientErrors.increment();
        }
    }
}
