package io.thalweg.connectors.file.write;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that go to a file in one write. Grows for one long record, and shrinks again when it was written. */
final class OutputBuffer extends OutputStream {

    private final int capacity;
    private byte[] bytes;
    private int length;

    OutputBuffer(int capacity) {
        this.capacity = capacity;
        this.bytes = new byte[capacity];
    }

    int length() {
        return length;
    }

    boolean full() {
        return length >= capacity;
    }

    @Override
    public void write(int b) {
        reserve(1);
        bytes[length++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }

    @Override
    public void write(byte[] source) {
        write(source, 0, source.length);
    }

    private void reserve(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, length + (length >> 1)));
        }
    }

    /** Newlines after {@code from} become blanks. */
    void blankNewlines(int from) {
        for (int i = from; i < length; i++) {
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                bytes[i] = ' ';
            }
        }
    }

    /** Forgets what was written behind this length. */
    void cutTo(int shorter) {
        length = shorter;
    }

    ByteBuffer content() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    void clear() {
        length = 0;
        if (bytes.length > capacity * 2) {
            bytes = new byte[capacity];
        }
    }
}
