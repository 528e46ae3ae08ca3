package io.thalweg.gateway.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A place in a JSON value (RFC 6901), found by one walk over the text that copies only the names it passes. */
final class JsonPointer {
    private static final int SEGMENTS_MAX = 16;

    private final List<byte[]> segments;

    private JsonPointer(List<byte[]> segments) {
        this.segments = segments;
    }

    /** @param text empty for the whole value, else beginning with a slash */
    static JsonPointer parse(String text) {
        List<byte[]> segments = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String segment : text.substring(1).split("/", -1)) {
                segments.add(segment.replace("~1", "/").replace("~0", "~").getBytes(UTF_8));
            }
        }
        if (segments.size() > SEGMENTS_MAX) {
            throw new ThalwegException(
                    ErrorCode.INVALID_REQUEST, "pointer has " + segments.size() + " segments; at most " + SEGMENTS_MAX);
        }
        return new JsonPointer(segments);
    }

    boolean isWhole() {
        return segments.isEmpty();
    }

    /**
     * Moves the scanner from before a value to before the value that this points to; false if there is none. Of members
     * with the same name the first counts. Fails on JSON that is malformed before that place.
     */
    boolean find(JsonScanner scanner) {
        for (byte[] segment : segments) {
            boolean found = switch (scanner.peek()) {
                case '{' -> member(scanner, segment);
                case '[' -> element(scanner, segment);
                default -> false;
            };
            if (!found) {
                return false;
            }
        }
        return true;
    }

    private static boolean member(JsonScanner scanner, byte[] name) {
        scanner.expect('{');
        if (scanner.take('}')) {
            return false;
        }
        do {
            boolean wanted = Arrays.equals(scanner.stringBytes(), name);
            scanner.expect(':');
            if (wanted) {
                return true;
            }
            scanner.skipValue();
        } while (scanner.take(','));
        return false;
    }

    private static boolean element(JsonScanner scanner, byte[] segment) {
        int index = index(segment);
        scanner.expect('[');
        if (index < 0 || scanner.take(']')) {
            return false;
        }
        for (int i = 0; i < index; i++) {
            scanner.skipValue();
            if (!scanner.take(',')) {
                return false;
            }
        }
        return true;
    }

    /** -1 unless it is a decimal number without a leading zero. */
    private static int index(byte[] segment) {
        String text = new String(segment, UTF_8);
        return text.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(text) : -1;
    }
}
