package io.thalweg.log.record;

import java.nio.ByteBuffer;

/** A {@link RecordCursor} over bytes in memory. */
final class BufferCursor extends RecordCursor {

    private final ByteBuffer buffer;
    private final int begin;
    private final int end;
    private int at;

    /** Over {@code [begin, end)} of {@code buffer}, whose position does not matter and does not move. */
    BufferCursor(ByteBuffer buffer, int begin, int end) {
        this.buffer = buffer;
        this.begin = begin;
        this.end = end;
        this.at = begin;
    }

    @Override
    byte readByte() {
        if (at >= end) {
            throw new MalformedException("the batch ends inside a record");
        }
        return buffer.get(at++);
    }

    @Override
    void skip(int count) {
        if (count > end - at) {
            throw new MalformedException("a length passes the end of the batch: length=" + count);
        }
        at += count;
    }

    @Override
    long consumed() {
        return (long) at - begin;
    }

    @Override
    boolean atEnd() {
        return at == end;
    }

    /** The next {@code count} bytes as a view. */
    ByteBuffer slice(int count) {
        int from = at;
        skip(count);
        return buffer.slice(from, count);
    }
}
