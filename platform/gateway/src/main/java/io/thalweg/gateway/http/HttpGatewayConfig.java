package io.thalweg.gateway.http;

import io.thalweg.gateway.http.flow.FlowSources;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Settings of the HTTP door. Start from {@link #defaults()} and use the withers.
 *
 * @param host address to bind, default 127.0.0.1
 * @param port 0 for any free port
 * @param instances event loops that serve, default one for each processor
 * @param limits what a client may use
 * @param allowedHosts names that a {@code Host} header may carry, without port, lower case; "*" allows any. The bound
 *     {@code host} is allowed besides these
 * @param allowedOrigins exact origins ({@code https://console.example:8443}) that may change state or stream besides the
 *     node's own; never "*"
 * @param metricsText Prometheus text for {@code /metrics}
 * @param readiness for {@code /health/ready}
 * @param flowSources parts of the node that {@code /v1/flow} shows besides topics and groups; they may register later
 */
public record HttpGatewayConfig(
        String host,
        int port,
        int instances,
        HttpLimits limits,
        Set<String> allowedHosts,
        Set<String> allowedOrigins,
        Supplier<String> metricsText,
        Supplier<Readiness> readiness,
        FlowSources flowSources) {
    public HttpGatewayConfig {
        allowedHosts = Set.copyOf(allowedHosts);
        allowedOrigins = Set.copyOf(allowedOrigins);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port=" + port + " found, 0 to 65535 allowed");
        }
        if (instances < 1) {
            throw new IllegalArgumentException("instances=" + instances + " found, 1 or more allowed");
        }
        if (allowedOrigins.contains("*") || allowedOrigins.contains("null")) {
            throw new IllegalArgumentException("allowedOrigins must be exact origins; found * or null");
        }
    }

    /** Loopback, port 8080, ready at once, no metrics. */
    public static HttpGatewayConfig defaults() {
        return new HttpGatewayConfig(
                "127.0.0.1",
                8080,
                Runtime.getRuntime().availableProcessors(),
                HttpLimits.defaults(),
                Set.of("localhost", "127.0.0.1", "[::1]"),
                Set.of(),
                () -> "",
                () -> Readiness.READY,
                new FlowSources());
    }

    public HttpGatewayConfig withAddress(String newHost, int newPort) {
        return new HttpGatewayConfig(
                newHost, newPort, instances, limits, allowedHosts, allowedOrigins, metricsText, readiness, flowSources);
    }

    public HttpGatewayConfig withInstances(int count) {
        return new HttpGatewayConfig(
                host, port, count, limits, allowedHosts, allowedOrigins, metricsText, readiness, flowSources);
    }

    public HttpGatewayConfig withLimits(HttpLimits newLimits) {
        return new HttpGatewayConfig(
                host, port, instances, newLimits, allowedHosts, allowedOrigins, metricsText, readiness, flowSources);
    }

    public HttpGatewayConfig withAllowedHosts(Set<String> hosts) {
        return new HttpGatewayConfig(
                host, port, instances, limits, hosts, allowedOrigins, metricsText, readiness, flowSources);
    }

    public HttpGatewayConfig withAllowedOrigins(Set<String> origins) {
        return new HttpGatewayConfig(
                host, port, instances, limits, allowedHosts, origins, metricsText, readiness, flowSources);
    }

    public HttpGatewayConfig withMetricsText(Supplier<String> text) {
        return new HttpGatewayConfig(
                host, port, instances, limits, allowedHosts, allowedOrigins, text, readiness, flowSources);
    }

    public HttpGatewayConfig withReadiness(Supplier<Readiness> supplier) {
        return new HttpGatewayConfig(
                host, port, instances, limits, allowedHosts, allowedOrigins, metricsText, supplier, flowSources);
    }

    public HttpGatewayConfig withFlowSources(FlowSources sources) {
        return new HttpGatewayConfig(
                host, port, instances, limits, allowedHosts, allowedOrigins, metricsText, readiness, sources);
    }
}
