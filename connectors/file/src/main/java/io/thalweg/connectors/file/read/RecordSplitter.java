package io.thalweg.connectors.file.read;

/**
 * Finds where records end in bytes that arrive in any chunks. Keeps what it learnt of an unfinished record, so that no byte
 * is looked at twice. After {@link #end} or {@link #finish} found something, {@link #isRecord} and the content bounds tell
 * what it is: separators, blank lines and header rows are found too, and are no records.
 */
abstract class RecordSplitter {

    /** Bytes from the record's beginning on that were looked at. */
    int seen;

    /** Newlines among the bytes that were found last. */
    int newlines;

    boolean isRecord;

    /** Content of what was found last, relative to its beginning. */
    int contentFrom;

    int contentTo;

    static RecordSplitter of(FileSourceConfig config) {
        return switch (config.format()) {
            case LINES -> new LineSplitter(true);
            case NDJSON -> new LineSplitter(false);
            case CSV -> new CsvSplitter((byte) config.csv().delimiter());
            case JSON_ARRAY -> new JsonArraySplitter();
        };
    }

    /** The next byte is the first of a file, or the first after a record. */
    void reset(boolean fileStart) {
        seen = 0;
        newlines = 0;
        begin(fileStart);
    }

    abstract void begin(boolean fileStart);

    /**
     * Looks for the end of what begins at {@code from}, which is where the last one ended.
     *
     * @return the index after it, terminator included; -1 if {@code to} comes first
     * @throws MalformedRecordException if no record can begin or go on like this
     */
    abstract int end(byte[] bytes, int from, int to);

    /**
     * What begins at {@code from} reaches to {@code to}, and there will be no more.
     *
     * @throws MalformedRecordException if it is cut off
     */
    abstract void finish(byte[] bytes, int from, int to);

    /** The bytes looked at so far are dropped, in the middle of a record that is too long. */
    void dropSeen() {
        seen = 0;
    }

    final int found(int length, boolean record, int contentBegin, int contentEnd) {
        isRecord = record;
        contentFrom = contentBegin;
        contentTo = contentEnd;
        seen = 0;
        return length;
    }

    /** Where the content ends of a line that ends at {@code to}, exclusively: before CR LF, LF or nothing. */
    static int withoutNewline(byte[] bytes, int from, int to) {
        int end = to;
        if (end > from && bytes[end - 1] == '\n') {
            end--;
            if (end > from && bytes[end - 1] == '\r') {
                end--;
            }
        }
        return end;
    }

    static boolean blank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return true;
    }
}
