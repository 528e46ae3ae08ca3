package io.thalweg.launcher.verticle;

import io.thalweg.gateway.http.RouteMount;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/** {@code /v1/verticles}. */
public final class VerticleRoutes implements RouteMount {

    private final UserVerticles verticles;

    public VerticleRoutes(UserVerticles verticles) {
        this.verticles = verticles;
    }

    @Override
    public void mount(Router router) {
        router.get("/v1/verticles").handler(this::list);
        router.get("/v1/verticles/:name").handler(context -> with(context, Future::succeededFuture));
        router.post("/v1/verticles/:name/restart")
                .handler(context -> with(context, verticle -> verticle.restart().map(verticle)));
        router.post("/v1/verticles/:name/stop")
                .handler(context -> with(context, verticle -> verticle.stop().map(verticle)));
        router.post("/v1/verticles/:name/start")
                .handler(context -> with(context, verticle -> verticle.start().map(verticle)));
    }

    private void list(RoutingContext context) {
        JsonArray listed = new JsonArray();
        verticles.all().forEach(verticle -> listed.add(verticle.description()));
        answer(context, 200, "application/json", new JsonObject().put("verticles", listed));
    }

    private void with(RoutingContext context, Function<UserVerticle, Future<UserVerticle>> action) {
        UserVerticle verticle = verticles.find(context.pathParam("name"));
        if (verticle == null) {
            answer(
                    context,
                    404,
                    "application/problem+json",
                    new JsonObject()
                            .put("type", "about:blank")
                            .put("title", "Not Found")
                            .put("status", 404)
                            .put("detail", "there is no such verticle; GET /v1/verticles lists them")
                            .put("errorCode", ErrorCode.RESOURCE_NOT_FOUND.name())
                            .put("retriable", false));
            return;
        }
        Context loop = context.vertx().getOrCreateContext();
        // A verticle changes on a context of its own; the answer belongs on the connection's.
        action.apply(verticle)
                .onComplete(
                        done -> loop.runOnContext(turn -> answer(context, 200, "application/json", done.description())),
                        failure -> loop.runOnContext(turn -> context.fail(failure)));
    }

    private static void answer(RoutingContext context, int status, String contentType, JsonObject body) {
        if (!context.response().ended() && !context.response().closed()) {
            context.response()
                    .setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                    .end(body.toBuffer());
        }
    }
}
