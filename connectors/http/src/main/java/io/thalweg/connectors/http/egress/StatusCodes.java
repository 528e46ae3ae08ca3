package io.thalweg.connectors.http.egress;

import java.util.BitSet;

/** A set of HTTP status codes, written {@code 200-299,409}. */
public final class StatusCodes {

    private final BitSet codes = new BitSet(600);

    private StatusCodes() {}

    /** @throws IllegalArgumentException says which part is wrong */
    public static StatusCodes parse(String text) {
        StatusCodes parsed = new StatusCodes();
        for (String part : text.split(",", -1)) {
            String range = part.strip();
            if (!range.matches("[1-5][0-9]{2}(-[1-5][0-9]{2})?")) {
                throw new IllegalArgumentException("status codes such as 200-299,409 are allowed: found=" + range);
            }
            int from = Integer.parseInt(range.substring(0, 3));
            int to = range.length() == 3 ? from : Integer.parseInt(range.substring(4));
            if (to < from) {
                throw new IllegalArgumentException("a range goes upwards: found=" + range);
            }
            parsed.codes.set(from, to + 1);
        }
        return parsed;
    }

    public boolean contains(int status) {
        return codes.get(status);
    }
}
