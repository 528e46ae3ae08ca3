package io.thalweg.connectors.file.read;

/**
 * A record is a row of RFC 4180: newlines within quotes belong to the field. A quote begins a quoted field only where a
 * field begins; elsewhere it is a character.
 */
final class CsvSplitter extends RecordSplitter {

    private enum Place {
        /** Before the first character of a field. */
        FIELD,
        PLAIN,
        QUOTED,
        /** After a quote within a quoted field: its end, or the first of two that stand for one. */
        QUOTE
    }

    private final byte delimiter;
    private Place place = Place.FIELD;
    private int newlinesSeen;

    CsvSplitter(byte delimiter) {
        this.delimiter = delimiter;
    }

    @Override
    void begin(boolean fileStart) {
        place = Place.FIELD;
        newlinesSeen = 0;
    }

    @Override
    int end(byte[] bytes, int from, int to) {
        Place now = place;
        int count = newlinesSeen;
        for (int i = from + seen; i < to; i++) {
            byte b = bytes[i];
            if (now == Place.QUOTED) {
                if (b == '"') {
                    now = Place.QUOTE;
                } else if (b == '\n') {
                    count++;
                }
            } else if (b == '\n') {
                newlinesSeen = count + 1;
                row(bytes, from, i + 1);
                return i + 1;
            } else if (b == delimiter) {
                now = Place.FIELD;
            } else if (b == '"') {
                now = now == Place.PLAIN ? Place.PLAIN : Place.QUOTED;
            } else {
                now = Place.PLAIN;
            }
        }
        place = now;
        newlinesSeen = count;
        seen = to - from;
        return -1;
    }

    @Override
    void finish(byte[] bytes, int from, int to) {
        if (place == Place.QUOTED) {
            throw new MalformedRecordException("CSV row ends within quotes");
        }
        row(bytes, from, to);
    }

    private void row(byte[] bytes, int from, int to) {
        newlines = newlinesSeen;
        int content = withoutNewline(bytes, from, to);
        boolean tabs = delimiter == '\t' && content > from;
        found(to - from, tabs || !blank(bytes, from, content), 0, content - from);
        begin(false);
    }
}
