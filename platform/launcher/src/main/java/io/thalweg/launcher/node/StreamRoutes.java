package io.thalweg.launcher.node;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.streams.runtime.StreamsRuntime;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;

/** {@code /v1/streams}. Failures go to the door, which answers with problems. */
final class StreamRoutes {

    private static final int ROWS_DEFAULT = 100;
    private static final int ROWS_MAX = 1_000;

    private final StreamsPart part;

    StreamRoutes(StreamsPart part) {
        this.part = part;
    }

    void mount(Router router) {
        router.get("/v1/streams").handler(context -> answer(context, part.list()));
        router.get("/v1/streams/:stream").handler(context -> onStream(context, StreamsRuntime::describe));
        router.get("/v1/streams/:stream/stores/:store")
                .handler(context -> onStream(context, runtime -> rows(context, runtime)));
        command(router, "pause", StreamsRuntime::pause);
        command(router, "resume", StreamsRuntime::resume);
        command(router, "restart", StreamsRuntime::restartFailedTasks);
    }

    private void command(Router router, String name, Function<StreamsRuntime, Future<Void>> command) {
        router.route(HttpMethod.POST, "/v1/streams/:stream/" + name)
                .handler(context ->
                        onStream(context, runtime -> command.apply(runtime).compose(done -> runtime.describe())));
    }

    private static Future<JsonObject> rows(RoutingContext context, StreamsRuntime runtime) {
        int limit = ROWS_DEFAULT;
        String asked = context.request().getParam("limit");
        if (asked != null) {
            try {
                limit = Integer.parseInt(asked);
            } catch (NumberFormatException malformed) {
                limit = 0;
            }
            if (limit < 1 || limit > ROWS_MAX) {
                return Future.failedFuture(
                        new ThalwegException(ErrorCode.INVALID_REQUEST, "limit is invalid: expected=1 to " + ROWS_MAX));
            }
        }
        return runtime.query(context.pathParam("store"), context.request().getParam("key"), limit);
    }

    private void onStream(RoutingContext context, Function<StreamsRuntime, Future<JsonObject>> question) {
        StreamsRuntime runtime = part.named(context.pathParam("stream"));
        answer(
                context,
                runtime == null
                        ? Future.failedFuture(new ThalwegException(
                                ErrorCode.RESOURCE_NOT_FOUND, "no such stream runs here; see /v1/streams"))
                        : question.apply(runtime));
    }

    private static void answer(RoutingContext context, Future<JsonObject> answer) {
        answer.onComplete(outcome -> {
            if (outcome.failed()) {
                context.fail(outcome.cause());
            } else if (!context.response().ended() && !context.response().closed()) {
                context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                        .end(outcome.result().toBuffer());
            }
        });
    }
}
