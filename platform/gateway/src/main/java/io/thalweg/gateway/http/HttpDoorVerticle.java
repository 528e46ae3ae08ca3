package io.thalweg.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;

/** Serves one event loop's share of the connections. */
final class HttpDoorVerticle extends VerticleBase {
    private final DoorContext door;

    HttpDoorVerticle(DoorContext door) {
        this.door = door;
    }

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        door.mounts().forEach(mount -> mount.mount(router));
        HttpServerOptions options = new HttpServerOptions();
        return vertx.createHttpServer(options)
                .requestHandler(router)
                .listen(door.boundPort(), door.config().host())
                .map(HttpServer::actualPort)
                .onSuccess(door::bound);
    }
}
