package io.thalweg.connectors.http.egress;

import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Set;

/** Headers as a configuration writes them: one {@code Name: value} on a line. */
public final class RequestHeaders {

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}";

    /** What the connection decides. */
    private static final Set<String> RESERVED =
            Set.of("host", "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer");

    private RequestHeaders() {}

    /** @throws IllegalArgumentException names the line by its number, never its content, which may be secret */
    public static MultiMap parse(String text) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            requireName(name, "line " + number + " of headers");
            if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 127))) {
                throw new IllegalArgumentException(
                        "line " + number + " of headers: a value of printable ASCII characters is allowed");
            }
            headers.add(name, value);
        }
        return headers;
    }

    /** @throws IllegalArgumentException if this is no name that a configuration may give to a header */
    public static void requireName(String name, String where) {
        if (!name.matches(TOKEN)) {
            throw new IllegalArgumentException(where + ": Name: value is allowed, found no name of a header");
        }
        if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(where + ": " + name + " is set by the connection");
        }
    }
}
