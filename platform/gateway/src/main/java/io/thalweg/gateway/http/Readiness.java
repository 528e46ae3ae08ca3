package io.thalweg.gateway.http;

import java.util.List;

/**
 * Whether the node can serve, as {@code /health/ready} tells it.
 *
 * @param reasons why not, one line each; empty when ready
 */
public record Readiness(boolean ready, List<String> reasons) {
    public static final Readiness READY = new Readiness(true, List.of());

    public Readiness {
        reasons = List.copyOf(reasons);
    }

    public static Readiness notReady(String reason) {
        return new Readiness(false, List.of(reason));
    }
}
