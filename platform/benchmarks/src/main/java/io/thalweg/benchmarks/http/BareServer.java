package io.thalweg.benchmarks.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.ext.web.Router;

/** The least that a vertx-web server can do with a POST: read the body, discard it, answer. */
public final class BareServer extends VerticleBase {

    private static final String ANSWER =
            "{\"offsets\":[{\"partition\":0,\"offset\":123456,\"timestamp\":1700000000000}]}";

    private final int port;

    private BareServer(int port) {
        this.port = port;
    }

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        router.post("/v1/topics/:topic/records")
                .handler(context -> context.request()
                        .body()
                        .onSuccess(body -> context.response()
                                .putHeader("Content-Type", "application/json")
                                .end(ANSWER)));
        return vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1");
    }

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        int loops = Runtime.getRuntime().availableProcessors();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
        vertx.deployVerticle(() -> new BareServer(port), new DeploymentOptions().setInstances(loops))
                .onFailure(failure -> {
                    System.err.println("bare server did not start: " + failure);
                    System.exit(1);
                });
    }
}
