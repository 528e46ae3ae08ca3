package io.thalweg.gateway.http;

import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Collects one request's body, bounded in size and time. What arrives beyond the limit is discarded, so that the client
 * can read why it was refused, and the connection ends a second later.
 */
final class BodyReader {
    private static final byte[] EMPTY = new byte[0];
    private static final long LINGER_MILLIS = 1_000;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final int bytesMax;
    private final int timeoutMillis;
    private final Promise<byte[]> promise;
    private @Nullable Buffer first;
    private @Nullable Buffer collected;
    private long size;
    private long timer = -1;
    private boolean done;

    private BodyReader(Vertx vertx, HttpServerRequest request, HttpLimits limits) {
        this.vertx = vertx;
        this.request = request;
        this.bytesMax = limits.bodyBytesMax();
        this.timeoutMillis = limits.bodyMillis();
        this.promise = Promise.promise();
    }

    /** The whole body. Fails with a problem: 413 beyond the limit, 408 after the time. Call it as the request arrives. */
    static Future<byte[]> read(Vertx vertx, HttpServerRequest request, HttpLimits limits) {
        BodyReader reader = new BodyReader(vertx, request, limits);
        reader.start();
        return reader.promise.future();
    }

    /** Discards what is left of a body that nobody wants, and closes the connection if it does not end soon. */
    static void discard(Vertx vertx, HttpServerRequest request) {
        if (request.isEnded()) {
            return;
        }
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        request.handler(null);
        request.endHandler(null);
        request.resume();
        vertx.setTimer(LINGER_MILLIS, expired -> {
            if (!request.isEnded()) {
                request.connection().close();
            }
        });
    }

    private void start() {
        if (declaredBytes(request) > bytesMax) {
            fail(HttpProblem.tooLarge("body", bytesMax));
            return;
        }
        request.handler(this::onChunk);
        request.endHandler(end -> onEnd());
        request.exceptionHandler(broken -> fail(HttpProblem.invalid("the body broke off or is malformed")));
    }

    /** What Content-Length says, 0 without one. */
    static long declaredBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return 0;
        }
        try {
            return Long.parseLong(length);
        } catch (NumberFormatException notNumber) {
            return 0;
        }
    }

    private void onChunk(Buffer chunk) {
        size += chunk.length();
        if (size > bytesMax) {
            fail(HttpProblem.tooLarge("body", bytesMax));
            return;
        }
        if (first == null) {
            first = chunk;
            return;
        }
        if (collected == null) {
            collected = Buffer.buffer((int) Math.min(bytesMax, 4 * size)).appendBuffer(first);
            timer = vertx.setTimer(
                    timeoutMillis,
                    expired -> fail(new HttpProblem(
                            408, ErrorCode.REQUEST_TIMED_OUT, "body did not arrive within " + timeoutMillis + " ms")));
        }
        collected.appendBuffer(chunk);
    }

    private void onEnd() {
        if (!done) {
            done = true;
            cancelTimer();
            Buffer body = collected == null ? first : collected;
            promise.complete(body == null ? EMPTY : body.getBytes());
        }
    }

    private void fail(Throwable failure) {
        if (!done) {
            done = true;
            cancelTimer();
            first = null;
            collected = null;
            discard(vertx, request);
            promise.fail(failure);
        }
    }

    private void cancelTimer() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
    }
}
