package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.client.Producer;
import io.thalweg.client.ProducerConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves one event loop's share of the connections, with one producer for all of them. */
final class HttpDoorVerticle extends VerticleBase {
    private static final long DRAIN_SECONDS = 5;

    /** To Vert.x, a negative port is a free one that all instances of a deployment share. */
    private static final int ANY_PORT = -8_080;

    /** As the defaults, but failing before an idle connection is closed, so that the client hears of it. */
    private static final ProducerConfig PRODUCER = new ProducerConfig(Acks.ALL, 256 << 10, 32L << 20, true, 20_000);

    private final DoorContext door;
    private @Nullable HttpRoutes routes;
    private @Nullable Producer producer;
    private @Nullable HttpServer server;

    HttpDoorVerticle(DoorContext door) {
        this.door = door;
    }

    @Override
    public Future<?> start() {
        Producer shared = door.client().producer(PRODUCER);
        HttpRoutes served = new HttpRoutes(vertx, door, shared);
        Gatekeeper gatekeeper = new Gatekeeper(door.config());
        ConnectionLimiter connections = new ConnectionLimiter(vertx, door);
        producer = shared;
        routes = served;
        HttpServer bound = vertx.createHttpServer(options(door.config().limits()))
                .connectionHandler(connections::onConnection)
                .requestHandler(request -> {
                    connections.onRequest(request.connection());
                    onRequest(request, gatekeeper, served);
                });
        server = bound;
        int port = door.config().port();
        return bound.listen(port == 0 ? ANY_PORT : port, door.config().host())
                .map(HttpServer::actualPort)
                .onSuccess(door::bound);
    }

    private static HttpServerOptions options(HttpLimits limits) {
        return new HttpServerOptions()
                .setMaxInitialLineLength(limits.urlBytesMax())
                .setMaxHeaderSize(limits.headerBytesMax())
                .setIdleTimeout(limits.idleMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setHandle100ContinueAutomatically(true)
                .setHttp2ClearTextEnabled(false)
                .setDecompressionSupported(true)
                .setMaxWebSocketFrameSize(limits.bodyBytesMax())
                .setMaxWebSocketMessageSize(limits.bodyBytesMax())
                // Inflating what a client deflated is not bounded there.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    private void onRequest(HttpServerRequest request, Gatekeeper gatekeeper, HttpRoutes served) {
        door.metrics().requests.increment();
        Answers.secure(request.response());
        HttpProblem refused = gatekeeper.check(request);
        if (refused != null) {
            BodyReader.discard(vertx, request);
            door.answers().problem(request, refused);
            return;
        }
        served.handle(request);
    }

    @Override
    public Future<?> stop() {
        if (routes != null) {
            routes.drain();
        }
        Future<Void> stopped =
                server == null ? Future.succeededFuture() : server.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
        Producer shared = producer;
        return stopped.eventually(() -> shared == null ? Future.succeededFuture() : shared.close());
    }
}
