package io.thalweg.connectors.file.read;

/** A record is what stands before LF or CR LF. */
final class LineSplitter extends RecordSplitter {

    private final boolean blankIsRecord;

    LineSplitter(boolean blankIsRecord) {
        this.blankIsRecord = blankIsRecord;
    }

    @Override
    void begin(boolean fileStart) {
        // A line does not depend on the one before.
    }

    @Override
    int end(byte[] bytes, int from, int to) {
        for (int i = from + seen; i < to; i++) {
            if (bytes[i] == '\n') {
                newlines = 1;
                line(bytes, from, i + 1);
                return i + 1;
            }
        }
        seen = to - from;
        return -1;
    }

    @Override
    void finish(byte[] bytes, int from, int to) {
        newlines = 0;
        line(bytes, from, to);
    }

    private void line(byte[] bytes, int from, int to) {
        int content = withoutNewline(bytes, from, to);
        found(to - from, blankIsRecord || !blank(bytes, from, content), 0, content - from);
    }
}
