package io.thalweg.log.record;

import java.io.IOException;
import java.io.InputStream;

/** A {@link RecordCursor} over a stream that inflates, which may give at most so many bytes. Keeps one window of them. */
final class StreamCursor extends RecordCursor {

    private final InputStream stream;
    private final byte[] window;
    private final long bytesMax;
    private int at;
    private int end;
    private long before;

    StreamCursor(InputStream stream, byte[] window, long bytesMax) {
        this.stream = stream;
        this.window = window;
        this.bytesMax = bytesMax;
    }

    @Override
    byte readByte() {
        if (at == end && !fill()) {
            throw new MalformedException("the batch ends inside a record");
        }
        return window[at++];
    }

    @Override
    void skip(int count) {
        int left = count;
        while (left > end - at) {
            left -= end - at;
            at = end;
            if (!fill()) {
                throw new MalformedException("a length passes the end of the batch: length=" + count);
            }
        }
        at += left;
    }

    @Override
    long consumed() {
        return before + at;
    }

    @Override
    boolean atEnd() {
        return at == end && !fill();
    }

    private boolean fill() {
        before += end;
        at = 0;
        end = 0;
        int read;
        try {
            // Asking for one byte more than allowed shows whether the limit is passed.
            read = stream.read(window, 0, (int) Math.min(window.length, bytesMax - before + 1));
        } catch (IOException | RuntimeException failure) {
            // The decoders of the codecs throw what they like on damaged input.
            throw new MalformedException("the batch does not decompress: " + failure.getMessage());
        }
        if (read <= 0) {
            return false;
        }
        if (before + read > bytesMax) {
            throw new TooLargeException("the batch inflates beyond " + bytesMax + " bytes");
        }
        end = read;
        return true;
    }
}
