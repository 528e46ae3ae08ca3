package io.thalweg.gateway.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request's query, checked: an unknown name, a name that comes twice and a wrong value are refused with 400. */
final class QueryParameters {
    private final MultiMap values;

    private QueryParameters(MultiMap values) {
        this.values = values;
    }

    static QueryParameters of(HttpServerRequest request, String... allowed) {
        MultiMap values;
        try {
            values = request.params();
        } catch (IllegalArgumentException malformed) {
            throw HttpProblem.invalid("query is malformed");
        }
        List<String> names = Arrays.asList(allowed);
        for (Map.Entry<String, String> parameter : values.entries()) {
            String name = parameter.getKey();
            if (!names.contains(name)) {
                throw HttpProblem.invalid("query parameter=" + HttpProblem.shown(name) + " is not known; allowed: "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
            }
            if (values.getAll(name).size() > 1) {
                throw HttpProblem.invalid("query parameter=" + name + " comes twice");
            }
        }
        return new QueryParameters(values);
    }

    @Nullable
    String text(String name) {
        return values.get(name);
    }

    String text(String name, String absent) {
        String found = values.get(name);
        return found == null ? absent : found;
    }

    int integer(String name, int absent, int min, int max) {
        String text = values.get(name);
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
        String text = values.get(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.isEmpty() || text.equals("true")) {
            return true;
        }
        throw HttpProblem.invalid(name + "=" + HttpProblem.shown(text) + " found; true or false expected");
    }
}
