package io.thalweg.connectors.runtime.rest;

import io.thalweg.connectors.runtime.ConnectException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bodies in, answers out, errors as Kafka Connect shapes them. Confined to one event loop. */
final class ConnectRoutes {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectRoutes.class);

    private final Router router;
    private final int bodyBytesMax;

    ConnectRoutes(Router router, int bodyBytesMax) {
        this.router = router;
        this.bodyBytesMax = bodyBytesMax;
    }

    void get(String path, Function<RoutingContext, Future<ConnectAnswer>> handler) {
        withoutBody(HttpMethod.GET, path, handler);
    }

    void delete(String path, Function<RoutingContext, Future<ConnectAnswer>> handler) {
        withoutBody(HttpMethod.DELETE, path, handler);
    }

    void putWithoutBody(String path, Function<RoutingContext, Future<ConnectAnswer>> handler) {
        withoutBody(HttpMethod.PUT, path, handler);
    }

    void postWithoutBody(String path, Function<RoutingContext, Future<ConnectAnswer>> handler) {
        withoutBody(HttpMethod.POST, path, handler);
    }

    void post(String path, BiFunction<RoutingContext, JsonObject, Future<ConnectAnswer>> handler) {
        withBody(HttpMethod.POST, path, handler);
    }

    void put(String path, BiFunction<RoutingContext, JsonObject, Future<ConnectAnswer>> handler) {
        withBody(HttpMethod.PUT, path, handler);
    }

    void patch(String path, BiFunction<RoutingContext, JsonObject, Future<ConnectAnswer>> handler) {
        withBody(HttpMethod.PATCH, path, handler);
    }

    /** What is under the prefix and no route is 404. */
    void end() {
        router.route("/connect/*").handler(request -> refuse(request, 404, "HTTP 404 Not Found"));
    }

    private void withoutBody(HttpMethod method, String path, Function<RoutingContext, Future<ConnectAnswer>> handler) {
        router.route(method, path)
                .handler(request -> serve(request, () -> handler.apply(request)))
                .failureHandler(ConnectRoutes::onFailure);
    }

    private void withBody(
            HttpMethod method, String path, BiFunction<RoutingContext, JsonObject, Future<ConnectAnswer>> handler) {
        router.route(method, path)
                .handler(BodyHandler.create(false).setBodyLimit(bodyBytesMax))
                .handler(request -> serve(request, () -> handler.apply(request, body(request))))
                .failureHandler(ConnectRoutes::onFailure);
    }

    private static JsonObject body(RoutingContext request) {
        String type = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            // Also what keeps a page elsewhere from sending one: such a request is asked for beforehand.
            throw new ConnectException(415, "HTTP 415 Unsupported Media Type: allowed=application/json");
        }
        try {
            JsonObject body = request.body().asJsonObject();
            if (body != null) {
                return body;
            }
        } catch (DecodeException | ClassCastException malformed) {
            // told below
        }
        throw new ConnectException(400, "the body is not a JSON object");
    }

    private interface Work {
        Future<ConnectAnswer> begin();
    }

    private static void serve(RoutingContext request, Work work) {
        Future<ConnectAnswer> answer;
        try {
            answer = work.begin();
        } catch (RuntimeException failure) {
            answer = Future.failedFuture(failure);
        }
        answer.onComplete(outcome -> {
            if (outcome.succeeded()) {
                send(request, outcome.result());
            } else {
                refuse(request, outcome.cause());
            }
        });
    }

    private static void send(RoutingContext request, ConnectAnswer answer) {
        HttpServerResponse response = request.response().setStatusCode(answer.status());
        if (answer.location() != null) {
            response.putHeader(HttpHeaders.LOCATION, encoded(answer.location()));
        }
        if (answer.body() == null) {
            response.end();
        } else {
            response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(answer.body());
        }
    }

    private static String encoded(String location) {
        int name = location.lastIndexOf('/') + 1;
        return location.substring(0, name)
                + URLEncoder.encode(location.substring(name), StandardCharsets.UTF_8)
                        .replace("+", "%20");
    }

    private static void refuse(RoutingContext request, Throwable failure) {
        if (failure instanceof ConnectException known) {
            refuse(request, known.status(), String.valueOf(known.getMessage()));
            return;
        }
        LOGGER.atWarn().setCause(failure).log("a request to /connect failed");
        refuse(request, 500, failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }

    private static void refuse(RoutingContext request, int status, String message) {
        if (request.response().ended() || request.response().headWritten()) {
            return;
        }
        JsonObject error = new JsonObject().put("error_code", status).put("message", message);
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(error.toBuffer());
    }

    private static void onFailure(RoutingContext request) {
        if (request.failure() instanceof HttpException http) {
            refuse(request, http.getStatusCode(), "HTTP " + http.getStatusCode());
        } else if (request.failure() != null) {
            refuse(request, request.failure());
        } else {
            int status = request.statusCode() < 400 ? 500 : request.statusCode();
            refuse(request, status, status == 413 ? "the body is too large" : "HTTP " + status);
        }
    }
}
