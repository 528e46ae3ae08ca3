package io.thalweg.gateway.http;

import io.thalweg.log.error.ErrorCode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a browser sends on behalf of a page that is not ours (reliability.md 5.2, rule 3): a {@code Host} that is
 * not allowed (DNS rebinding) with 421, an {@code Origin} that is neither the node's own nor allowed with 403, whatever
 * the method, since with CORS off no foreign page can use an answer either. Confined to one event loop.
 */
final class Gatekeeper {
    private final Set<String> hosts;
    private final boolean anyHost;
    private final Set<String> origins;
    /** The last header that was allowed: nearly every request carries the same. */
    private String lastHost = "";

    Gatekeeper(HttpGatewayConfig config) {
        hosts = new HashSet<>(config.allowedHosts());
        hosts.add(config.host().toLowerCase(Locale.ROOT));
        anyHost = hosts.contains("*");
        origins = config.allowedOrigins();
    }

    /** Why the request must not be served, or null. */
    @Nullable
    HttpProblem check(HttpServerRequest request) {
        String host = request.getHeader(HttpHeaders.HOST);
        if (host == null) {
            return HttpProblem.invalid("header Host is missing");
        }
        if (!host.equals(lastHost)) {
            if (!anyHost && !hosts.contains(nameOf(host))) {
                return new HttpProblem(
                        421,
                        ErrorCode.INVALID_REQUEST,
                        "Host=" + HttpProblem.shown(host)
                                + " is not this node; allow it in the configuration of the HTTP door");
            }
            lastHost = host;
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && !isOwn(origin, host, request.isSSL()) && !origins.contains(origin)) {
            return new HttpProblem(
                    403,
                    ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
                    "Origin=" + HttpProblem.shown(origin) + " may not use this node from a browser");
        }
        return null;
    }

    private static boolean isOwn(String origin, String host, boolean secure) {
        String scheme = secure ? "https://" : "http://";
        return origin.length() == scheme.length() + host.length() && origin.startsWith(scheme) && origin.endsWith(host);
    }

    /** Without the port; the brackets of an IPv6 address stay. */
    private static String nameOf(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
        return (end <= 0 ? host : host.substring(0, end)).toLowerCase(Locale.ROOT);
    }
}
