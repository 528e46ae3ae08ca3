package io.thalweg.connectors.process.child;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream into lines in place. Blocks. Memory: the longest line that came, at most twice the bound. */
final class LineReader {

    private static final int BUFFER_BYTES = 256 << 10;

    private final InputStream in;
    private final int lineBytesMax;
    private byte[] buffer = new byte[BUFFER_BYTES];
    /** What was read and not handed out is from {@code next} to {@code filled}. */
    private int next;

    private int filled;
    private boolean ended;
    private int from;
    private int to;

    LineReader(InputStream in, int lineBytesMax) {
        this.in = in;
        this.lineBytesMax = lineBytesMax;
    }

    /**
     * Goes to the next line; false at the end of the stream. A last line without an end counts as a line.
     *
     * @throws LineTooLongException after which nothing more can be read
     */
    boolean next() throws IOException {
        int searched = next;
        while (true) {
            int end = newline(searched);
            if ((end < 0 ? filled : end) - next > lineBytesMax) {
                throw new LineTooLongException(lineBytesMax);
            }
            if (end >= 0) {
                return line(end, end + 1);
            }
            if (ended) {
                return filled > next && line(filled, filled);
            }
            makeRoom();
            searched = filled;
            int read = in.read(buffer, filled, buffer.length - filled);
            ended = read < 0;
            filled += Math.max(0, read);
        }
    }

    private boolean line(int end, int after) {
        from = next;
        to = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
        next = after;
        return true;
    }

    private int newline(int start) {
        for (int i = start; i < filled; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void makeRoom() {
        if (next > 0 && (next == filled || filled == buffer.length)) {
            System.arraycopy(buffer, next, buffer, 0, filled - next);
            filled -= next;
            next = 0;
        }
        if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }

    /** Holds the line until the next call. */
    byte[] buffer() {
        return buffer;
    }

    int from() {
        return from;
    }

    /** Exclusive. */
    int to() {
        return to;
    }
}
