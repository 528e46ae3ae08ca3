package io.thalweg.console;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves the console: {@code /console} and every address below it answers with the one page, which decides by its address
 * what to show; {@code /} leads there. Assets may be kept for good; the page is asked for again each time, and answered
 * with 304 while it is the same.
 */
public final class Console {
    static final String ASSETS = "/console/assets/";

    static final String POLICY =
            "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private static final String FOREVER = "public, max-age=31536000, immutable";
    private static final String ASK_AGAIN = "no-cache";

    private final Vertx vertx;
    private @Nullable Future<AssetTree> tree;

    public Console(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The pages are read from the class path when the first of them is asked for, so that a node starts no later. */
    private synchronized Future<AssetTree> tree() {
        Future<AssetTree> known = tree;
        if (known == null || known.failed()) {
            known = vertx.executeBlocking(AssetTree::load);
            tree = known;
        }
        return known;
    }

    /** Adds the routes; once for each event loop. */
    public void mount(Router router) {
        get(router, "/").handler(Console::leadToConsole);
        get(router, ASSETS + "*").handler(context -> withTree(context, this::asset));
        get(router, "/console").handler(context -> withTree(context, this::page));
        get(router, "/console/*").handler(context -> withTree(context, this::page));
    }

    private void withTree(RoutingContext context, BiConsumer<RoutingContext, AssetTree> handler) {
        Context loop = vertx.getOrCreateContext();
        tree().onComplete(
                        loaded -> loop.runOnContext(turn -> handler.accept(context, loaded)),
                        failure -> loop.runOnContext(turn -> context.fail(failure)));
    }

    private static Route get(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    private static void leadToConsole(RoutingContext context) {
        context.response()
                .setStatusCode(302)
                .putHeader(HttpHeaders.LOCATION, "/console")
                .end();
    }

    private void page(RoutingContext context, AssetTree tree) {
        context.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin");
        send(context.request(), tree.index(), ASK_AGAIN);
    }

    private void asset(RoutingContext context, AssetTree tree) {
        String prefix = ASSETS + tree.digest() + "/";
        String path = context.request().path();
        Asset asset = path.startsWith(prefix) ? tree.assets().get(path.substring(prefix.length())) : null;
        if (asset == null) {
            context.fail(404);
            return;
        }
        // A worker takes its policy from its own answer.
        context.response().putHeader("Content-Security-Policy", POLICY);
        send(context.request(), asset, FOREVER);
    }

    private static void send(HttpServerRequest request, Asset asset, String caching) {
        Buffer packed = takesGzip(request.getHeader(HttpHeaders.ACCEPT_ENCODING)) ? asset.gzip() : null;
        String etag = packed == null ? asset.etag() : asset.gzipEtag();
        HttpServerResponse response = request.response();
        response.putHeader(HttpHeaders.ETAG, etag)
                .putHeader(HttpHeaders.CACHE_CONTROL, caching)
                .putHeader(HttpHeaders.VARY, "Accept-Encoding");
        if (names(request.getHeader(HttpHeaders.IF_NONE_MATCH), etag)) {
            response.setStatusCode(304).end();
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, asset.contentType());
        if (packed != null) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        Buffer body = packed == null ? asset.plain() : packed;
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
                    .end();
        } else {
            response.end(body.copy());
        }
    }

    /** {@code gzip} or {@code *} without {@code q=0}. */
    static boolean takesGzip(@Nullable String acceptEncoding) {
        if (acceptEncoding == null) {
            return false;
        }
        for (String coding : acceptEncoding.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = coding.strip().split(";", 2);
            boolean named = parts[0].strip().equals("gzip") || parts[0].strip().equals("*");
            if (named) {
                return parts.length == 1 || !parts[1].strip().matches("q=0(\\.0{0,3})?");
            }
        }
        return false;
    }

    private static boolean names(@Nullable String ifNoneMatch, String etag) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String one : ifNoneMatch.split(",", -1)) {
            String known = one.strip();
            if (known.equals("*") || known.equals(etag) || known.equals("W/" + etag)) {
                return true;
            }
        }
        return false;
    }
}
