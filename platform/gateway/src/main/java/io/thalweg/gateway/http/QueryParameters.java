package io.thalweg.gateway.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request's query, checked: an unknown name, a name that comes twice and a wrong value are refused with 400. */
final class QueryParameters {
    private static final int COUNT_MAX = 64;

    private final Map<String, List<String>> values;

    private QueryParameters(Map<String, List<String>> values) {
        this.values = values;
    }

    static QueryParameters of(HttpServerRequest request, String... allowed) {
        String query = request.query();
        if (query == null || query.isEmpty()) {
            return new QueryParameters(Map.of());
        }
        Map<String, List<String>> values;
        try {
            values = new QueryStringDecoder(query, StandardCharsets.UTF_8, false, COUNT_MAX).parameters();
        } catch (IllegalArgumentException malformed) {
            throw HttpProblem.invalid("query is malformed");
        }
        List<String> names = Arrays.asList(allowed);
        values.forEach((name, found) -> {
            if (!names.contains(name)) {
                throw HttpProblem.invalid("query parameter=" + HttpProblem.shown(name) + " is not known; allowed: "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
            }
            if (found.size() > 1) {
                throw HttpProblem.invalid("query parameter=" + name + " comes twice");
            }
        });
        return new QueryParameters(values);
    }

    @Nullable
    String text(String name) {
        List<String> found = values.get(name);
        return found == null ? null : found.get(0);
    }

    String text(String name, String absent) {
        String found = text(name);
        return found == null ? absent : found;
    }

    int integer(String name, int absent, int min, int max) {
        String text = text(name);
        if (text == null) {
            return absent;
        }
        try {
            int found = Integer.parseInt(text);
            if (found >= min && found <= max) {
                return found;
            }
        } catch (NumberFormatException notNumber) {
            // The same answer as for a number out of range.
        }
        throw HttpProblem.invalid(name + "=" + HttpProblem.shown(text) + " found; " + min + " to " + max + " expected");
    }

    /** {@code ?name}, {@code ?name=true} or {@code ?name=false}. */
    boolean flag(String name) {
        String text = text(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.isEmpty() || text.equals("true")) {
            return true;
        }
        throw HttpProblem.invalid(name + "=" + HttpProblem.shown(text) + " found; true or false expected");
    }
}
