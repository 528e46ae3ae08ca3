package io.thalweg.benchmarks.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/** POSTs one record a request on keep-alive connections, the next one when the last one was answered. */
final class HttpLoad {

    private final HttpClient client;
    private final RequestOptions request;
    private final Buffer body;
    private final int connections;

    HttpLoad(Vertx vertx, int port, String contentType, Buffer body, int connections) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(connections));
        this.request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/v1/topics/bench/records")
                .putHeader("Content-Type", contentType);
        this.body = body;
        this.connections = connections;
    }

    /** Requests answered in {@code seconds}. */
    Future<Long> run(int seconds) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long[] answered = new long[1];
        Promise<Long> done = Promise.promise();
        int[] running = {connections};
        for (int connection = 0; connection < connections; connection++) {
            next(end, answered, running, done);
        }
        return done.future();
    }

    private void next(long end, long[] answered, int[] running, Promise<Long> done) {
        if (System.nanoTime() >= end) {
            if (--running[0] == 0) {
                done.tryComplete(answered[0]);
            }
            return;
        }
        client.request(request)
                .compose(ready -> ready.send(body))
                .compose(response -> response.statusCode() == 200
                        ? response.body()
                        : response.body()
                                .compose(text -> Future.failedFuture(
                                        "unexpected answer: status=" + response.statusCode() + " body=" + text)))
                .onSuccess(answer -> {
                    answered[0]++;
                    next(end, answered, running, done);
                })
                .onFailure(done::tryFail);
    }
}
