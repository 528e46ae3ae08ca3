package io.thalweg.connectors.http.egress;

import io.thalweg.connectors.api.HostPolicy;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sends requests where the policy allows it. */
public final class EgressClient {

    private final Vertx vertx;
    private final HostPolicy policy;
    private final HostResolver resolver;
    private final HttpClient client;

    /** @param connectionsMax to one address, and so requests at once */
    public EgressClient(Vertx vertx, HostPolicy policy, HostResolver resolver, int connectionsMax) {
        this.vertx = vertx;
        this.policy = policy;
        this.resolver = resolver;
        // Redirects are followed here, through the policy; an answer is taken as it comes, so that its size is its
        // size.
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setKeepAlive(true)
                        .setDecompressionSupported(false)
                        .setVerifyHost(true)
                        .setTrustAll(false),
                new PoolOptions().setHttp1MaxSize(connectionsMax).setMaxWaitQueueSize(connectionsMax * 4));
    }

    /**
     * The answer, whatever its status, after redirects.
     *
     * <p>Fails with {@link EgressDeniedException}; with {@link AnswerTooLongException}; with
     * {@link IOException} if the connection broke; with {@link TimeoutException}.
     */
    public Future<EgressAnswer> send(EgressRequest request) {
        Exchange exchange = new Exchange();
        long timer = vertx.setTimer(
                request.timeoutMillis(),
                fired -> exchange.fail(new TimeoutException("no complete answer in time: host="
                        + request.uri().getHost() + " timeoutMillis=" + request.timeoutMillis())));
        follow(request, exchange).onComplete(exchange::complete);
        return exchange.promise.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private Future<EgressAnswer> follow(EgressRequest request, Exchange exchange) {
        return once(request, exchange).compose(answer -> {
            EgressRequest next = redirect(request, answer);
            return next == null ? Future.succeededFuture(answer) : follow(next, exchange);
        });
    }

    /** What the answer sends us to; null if it is the answer. */
    private static @Nullable EgressRequest redirect(EgressRequest request, EgressAnswer answer) {
        String location = answer.headers().get("Location");
        int status = answer.status();
        boolean keeps = status == 307 || status == 308;
        boolean reads = request.method().equals(HttpMethod.GET) && (status == 301 || status == 302 || status == 303);
        if (location == null || !(keeps || reads)) {
            return null;
        }
        if (request.redirectsMax() <= 0) {
            throw new EgressDeniedException("too many redirects: host="
                    + request.uri().getHost() + " status=" + status + "; name the final URL, or raise redirects.max");
        }
        URI target;
        try {
            target = request.uri().resolve(location);
        } catch (IllegalArgumentException e) {
            throw new EgressDeniedException(
                    "redirect is malformed: host=" + request.uri().getHost());
        }
        if ("https".equalsIgnoreCase(request.uri().getScheme()) && !"https".equalsIgnoreCase(target.getScheme())) {
            throw new EgressDeniedException(
                    "redirect leaves https: host=" + request.uri().getHost());
        }
        return request.redirectedTo(target, request.method(), request.body());
    }

    private Future<EgressAnswer> once(EgressRequest request, Exchange exchange) {
        URI uri;
        try {
            uri = policy.url(request.uri().toString());
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(new EgressDeniedException(String.valueOf(e.getMessage())));
        }
        String host = unbracketed(uri.getHost());
        return resolver.resolve(host)
                .compose(addresses -> connect(uri, allowed(host, addresses), request))
                .compose(made -> exchange.begin(made) ? exchange(made, request, uri) : Future.failedFuture(closed()));
    }

    private static IOException closed() {
        return new IOException("request was given up");
    }

    private List<InetAddress> allowed(String host, List<InetAddress> addresses) {
        List<InetAddress> allowed = new ArrayList<>();
        for (InetAddress address : addresses) {
            if (policy.reachable(address)) {
                allowed.add(address);
            }
        }
        if (allowed.isEmpty()) {
            throw new EgressDeniedException(
                    "host is not allowed: host=" + host
                            + " has only loopback, link-local, private or otherwise special addresses; the operator can allow them");
        }
        return allowed;
    }

    private Future<HttpClientRequest> connect(URI uri, List<InetAddress> addresses, EgressRequest request) {
        Future<HttpClientRequest> made = Future.failedFuture(closed());
        for (InetAddress address : addresses) {
            made = made.recover(unreachable -> client.request(options(uri, address, request)));
        }
        return made;
    }

    private static RequestOptions options(URI uri, InetAddress address, EgressRequest request) {
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new RequestOptions()
                .setMethod(request.method())
                // The address that was checked, so that no second look-up can lead elsewhere.
                .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
                .setHost(unbracketed(uri.getHost()))
                .setPort(port)
                .setSsl(tls)
                .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
                .setHeaders(request.headers())
                .setConnectTimeout(request.timeoutMillis())
                .setFollowRedirects(false);
    }

    private Future<EgressAnswer> exchange(HttpClientRequest made, EgressRequest request, URI uri) {
        Future<HttpClientResponse> response = request.body().length() == 0 ? made.send() : made.send(request.body());
        return response.compose(answer -> {
            if (request.statusAlone()) {
                discard(made, answer, request);
                return Future.succeededFuture(
                        new EgressAnswer(answer.statusCode(), answer.headers(), Buffer.buffer(), uri));
            }
            return read(made, answer, request.answerBytesMax(), uri);
        });
    }

    /** Reads a body that nobody wants, so that its connection can be used again; closes it if that takes too long. */
    private void discard(HttpClientRequest made, HttpClientResponse answer, EgressRequest request) {
        long[] left = {request.answerBytesMax()};
        long timer = vertx.setTimer(request.timeoutMillis(), fired -> made.reset());
        answer.handler(chunk -> {
            left[0] -= chunk.length();
            if (left[0] < 0) {
                made.reset();
            }
        });
        answer.exceptionHandler(broken -> vertx.cancelTimer(timer));
        answer.endHandler(end -> vertx.cancelTimer(timer));
    }

    private static Future<EgressAnswer> read(HttpClientRequest made, HttpClientResponse answer, int bytesMax, URI uri) {
        Promise<EgressAnswer> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        answer.handler(chunk -> {
            if (body.length() + chunk.length() > bytesMax) {
                promise.tryFail(new AnswerTooLongException("answer is too long: host=" + uri.getHost()
                        + " allowedBytes=" + bytesMax + " (response.bytes)"));
                made.reset();
            } else {
                body.appendBuffer(chunk);
            }
        });
        answer.exceptionHandler(promise::tryFail);
        answer.endHandler(
                end -> promise.tryComplete(new EgressAnswer(answer.statusCode(), answer.headers(), body, uri)));
        return promise.future();
    }

    private static String unbracketed(@Nullable String host) {
        String name = Objects.requireNonNullElse(host, "");
        return name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    }

    /** Whether scheme, host and port are the same. */
    public static boolean sameOrigin(URI one, URI other) {
        return origin(one).equals(origin(other));
    }

    private static String origin(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        int port = uri.getPort() > 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }

    public Future<Void> close() {
        return client.close();
    }

    /** One call of {@link #send}: completes once, and lets go of the connection when it fails. */
    private static final class Exchange {
        private final Promise<EgressAnswer> promise = Promise.promise();
        private @Nullable HttpClientRequest current;

        /** False if it is over already. */
        boolean begin(HttpClientRequest request) {
            if (promise.future().isComplete()) {
                request.reset();
                return false;
            }
            current = request;
            return true;
        }

        void complete(io.vertx.core.AsyncResult<EgressAnswer> result) {
            if (result.succeeded()) {
                promise.tryComplete(result.result());
            } else {
                fail(result.cause());
            }
        }

        void fail(Throwable cause) {
            if (promise.tryFail(cause) && current != null) {
                current.reset();
            }
        }
    }
}
