package io.thalweg.connectors.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A real HTTP server on loopback, which keeps what it was sent. */
final class TestServer implements AutoCloseable {

    /** A request with its body. */
    record Seen(String method, String uri, String body, HttpServerRequest request) {
        String header(String name) {
            return request.getHeader(name);
        }
    }

    private final HttpServer server;
    final List<Seen> seen = new CopyOnWriteArrayList<>();
    final AtomicInteger underWay = new AtomicInteger();
    final AtomicInteger mostUnderWay = new AtomicInteger();

    private TestServer(HttpServer server) {
        this.server = server;
    }

    /** @param answer is given each request when its body is there */
    static TestServer open(Vertx vertx, String host, BiConsumer<Seen, HttpServerResponse> answer) throws Exception {
        HttpServer made = vertx.createHttpServer();
        TestServer opened = new TestServer(made);
        made.requestHandler(request -> request.body().onSuccess(body -> {
            Seen one = new Seen(request.method().name(), request.uri(), text(body), request);
            opened.seen.add(one);
            opened.mostUnderWay.accumulateAndGet(opened.underWay.incrementAndGet(), Math::max);
            request.response().endHandler(end -> opened.underWay.decrementAndGet());
            answer.accept(one, request.response());
        }));
        TestContext.await(made.listen(0, host));
        return opened;
    }

    private static String text(Buffer body) {
        return body.toString();
    }

    int port() {
        return server.actualPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    List<String> bodies() {
        return seen.stream().map(Seen::body).toList();
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
