package io.thalweg.gateway.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into lines, which end in LF or CRLF; the last one may end with the stream. Holds no more than
 * one line up to the limit: the rest of a longer one is skipped, and it is handed over as null. Blank lines are left out.
 */
final class LineSplitter {
    /** Hears of each line. */
    interface LineHandler {
        /** @param line without its end; null if it was longer than the limit */
        void onLine(byte @Nullable [] line);
    }

    private static final byte[] EMPTY = new byte[0];

    private final int lineBytesMax;
    private final LineHandler handler;
    private byte[] partial = EMPTY;
    private int size;
    private boolean tooLong;

    LineSplitter(int lineBytesMax, LineHandler handler) {
        this.lineBytesMax = lineBytesMax;
        this.handler = handler;
    }

    void onBytes(byte[] bytes) {
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                keep(bytes, start, i);
                endLine();
                start = i + 1;
            }
        }
        keep(bytes, start, bytes.length);
    }

    void onEnd() {
        endLine();
        partial = EMPTY;
    }

    private void keep(byte[] bytes, int from, int to) {
        int more = to - from;
        if (more == 0 || tooLong) {
            return;
        }
        // One more than the limit, for the CR that may follow.
        if (size + (long) more > lineBytesMax + 1L) {
            tooLong = true;
            partial = EMPTY;
            size = 0;
            return;
        }
        if (partial.length - size < more) {
            partial = Arrays.copyOf(partial, Math.max(size + more, Math.min(2 * partial.length, lineBytesMax + 1)));
        }
        System.arraycopy(bytes, from, partial, size, more);
        size += more;
    }

    private void endLine() {
        if (tooLong) {
            tooLong = false;
            handler.onLine(null);
            return;
        }
        if (size > 0 && partial[size - 1] == '\r') {
            size--;
        }
        int length = size;
        size = 0;
        if (length > lineBytesMax) {
            handler.onLine(null);
        } else if (!blank(length)) {
            handler.onLine(Arrays.copyOf(partial, length));
        }
    }

    private boolean blank(int length) {
        for (int i = 0; i < length; i++) {
            if (partial[i] != ' ' && partial[i] != '\t') {
                return false;
            }
        }
        return true;
    }
}
