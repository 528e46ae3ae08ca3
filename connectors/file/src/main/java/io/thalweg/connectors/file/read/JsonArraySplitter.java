package io.thalweg.connectors.file.read;

/** A record is an element of the one array that the file holds. Whether an element is JSON is for its reader to say. */
final class JsonArraySplitter extends RecordSplitter {

    private enum Place {
        /** Before the array's bracket. */
        OPENING,
        /** After the opening bracket. */
        FIRST,
        /** After a comma. */
        VALUE,
        SCALAR,
        NESTED,
        TEXT,
        ESCAPE,
        /** After an element. */
        SEPARATOR,
        CLOSED
    }

    private Place place = Place.OPENING;
    private int depth;
    private int valueFrom;
    private int newlinesSeen;

    @Override
    void begin(boolean fileStart) {
        place = fileStart ? Place.OPENING : Place.SEPARATOR;
        depth = 0;
        newlinesSeen = 0;
    }

    @Override
    void dropSeen() {
        valueFrom -= seen;
        super.dropSeen();
    }

    @Override
    int end(byte[] bytes, int from, int to) {
        for (int i = from + seen; i < to; i++) {
            byte b = bytes[i];
            if (place == Place.SCALAR && (b == ',' || b == ']' || white(b))) {
                return element(i - from, from);
            }
            if (b == '\n') {
                newlinesSeen++;
            }
            if (step(b, i - from)) {
                return element(i + 1 - from, from);
            }
        }
        seen = to - from;
        return -1;
    }

    /** Whether this byte is the last of an element. */
    private boolean step(byte b, int at) {
        switch (place) {
            case TEXT -> {
                if (b == '\\') {
                    place = Place.ESCAPE;
                } else if (b == '"') {
                    place = Place.NESTED;
                    return depth == 0;
                }
            }
            case ESCAPE -> place = Place.TEXT;
            case NESTED -> {
                if (b == '"') {
                    place = Place.TEXT;
                } else if (b == '{' || b == '[') {
                    depth++;
                } else if (b == '}' || b == ']') {
                    depth--;
                    return depth == 0;
                }
            }
            case SCALAR -> {
                // Ends before the byte that is not its own.
            }
            default -> between(b, at);
        }
        return false;
    }

    private void between(byte b, int at) {
        if (white(b)) {
            return;
        }
        switch (place) {
            case OPENING -> require(b == '[', b, "[", Place.FIRST);
            case SEPARATOR -> require(b == ',' || b == ']', b, ", or ]", b == ',' ? Place.VALUE : Place.CLOSED);
            case CLOSED -> require(false, b, "nothing after the array", Place.CLOSED);
            default -> {
                if (b == ']' && place == Place.FIRST) {
                    place = Place.CLOSED;
                } else {
                    require(b != ',' && b != ']' && b != '}' && b != ':', b, "a value", Place.SCALAR);
                    valueFrom = at;
                    if (b == '"') {
                        place = Place.TEXT;
                    } else if (b == '{' || b == '[') {
                        place = Place.NESTED;
                        depth = 1;
                    }
                }
            }
        }
    }

    private void require(boolean condition, byte found, String expected, Place next) {
        if (!condition) {
            throw new MalformedRecordException(
                    "not a JSON array: found=" + (char) (found & 0xff) + " expected=" + expected);
        }
        place = next;
    }

    private int element(int length, int from) {
        newlines = newlinesSeen;
        found(length, true, valueFrom, length);
        begin(false);
        return from + length;
    }

    @Override
    void finish(byte[] bytes, int from, int to) {
        if (place != Place.CLOSED) {
            throw new MalformedRecordException("JSON array is not closed");
        }
        newlines = newlinesSeen;
        found(to - from, false, 0, 0);
    }

    private static boolean white(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
