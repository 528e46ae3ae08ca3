package io.thalweg.connectors.file.read;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that were read and not yet made into records: {@code [from, to)} of {@code bytes}. One for a task, used by one
 * file at a time; it grows as far as the longest record and a chunk need.
 */
final class ChunkBuffer {

    private final int chunkBytes;
    byte[] bytes;
    int from;
    int to;
    private @Nullable Object owner;

    ChunkBuffer(int chunkBytes) {
        this.chunkBytes = chunkBytes;
        this.bytes = new byte[chunkBytes];
    }

    boolean ownedBy(Object who) {
        return owner == who;
    }

    /** Empties it for someone else. */
    void claim(Object who) {
        owner = who;
        from = 0;
        to = 0;
    }

    void release() {
        owner = null;
    }

    int length() {
        return to - from;
    }

    /** Reads a chunk behind what is there; -1 at the end of the input, as it is now. */
    int fill(ByteInput input) throws IOException {
        if (from > 0 && bytes.length - to < chunkBytes / 2) {
            System.arraycopy(bytes, from, bytes, 0, to - from);
            to -= from;
            from = 0;
        }
        if (bytes.length - to < chunkBytes / 2) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length + chunkBytes, bytes.length + (bytes.length >> 1)));
        }
        int count = input.read(bytes, to, Math.min(chunkBytes, bytes.length - to));
        to += Math.max(0, count);
        return count;
    }
}
