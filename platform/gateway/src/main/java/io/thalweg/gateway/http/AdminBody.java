package io.thalweg.gateway.http;

import io.thalweg.gateway.json.JsonMembers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * Reads the JSON object of an administrative request. Only {@code application/json} is taken, so that no page can send
 * one as a simple request (reliability.md 5.2, rule 3).
 */
final class AdminBody {
    private final Vertx vertx;
    private final HttpLimits limits;

    AdminBody(Vertx vertx, HttpLimits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /** Fails with 415 for another type, 413 beyond the limit, 400 for what is not one JSON object. */
    Future<JsonMembers> read(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !BodyKind.mediaType(type).equals("application/json")) {
            BodyReader.discard(vertx, request);
            return Future.failedFuture(HttpProblem.unsupportedType(type == null ? "" : type, "application/json"));
        }
        return BodyReader.read(vertx, request, limits).map(JsonMembers::of);
    }
}
