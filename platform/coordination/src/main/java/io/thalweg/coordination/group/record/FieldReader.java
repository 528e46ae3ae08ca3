package io.thalweg.coordination.group.record;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads Kafka's primitive types: the inflexible ones, or the compact ones of flexible versions. */
final class FieldReader {

    private final ByteBuffer source;
    private boolean flexible;

    FieldReader(byte[] source) {
        this.source = ByteBuffer.wrap(source);
    }

    void flexible(boolean value) {
        flexible = value;
    }

    short int16() {
        try {
            return source.getShort();
        } catch (BufferUnderflowException end) {
            throw cut();
        }
    }

    int int32() {
        try {
            return source.getInt();
        } catch (BufferUnderflowException end) {
            throw cut();
        }
    }

    long int64() {
        try {
            return source.getLong();
        } catch (BufferUnderflowException end) {
            throw cut();
        }
    }

    String string() {
        String value = nullableString();
        if (value == null) {
            throw new MalformedRecordException("a string is null where none may be");
        }
        return value;
    }

    @Nullable
    String nullableString() {
        int length = flexible ? unsignedVarint() - 1 : int16();
        return length < 0 ? null : new String(take(length), StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        int length = flexible ? unsignedVarint() - 1 : int32();
        return length < 0 ? new byte[0] : take(length);
    }

    /** The number of elements that follow, each of at least one byte. */
    int arrayLength() {
        int length = flexible ? unsignedVarint() - 1 : int32();
        if (length > source.remaining()) {
            throw new MalformedRecordException(
                    "an array is longer than its record: length=" + length + " remaining=" + source.remaining());
        }
        return Math.max(0, length);
    }

    /** Skips the tagged fields at the end of a structure; there are none in inflexible versions. */
    void taggedFields() {
        if (!flexible) {
            return;
        }
        int count = unsignedVarint();
        for (int i = 0; i < count; i++) {
            unsignedVarint();
            take(unsignedVarint());
        }
    }

    private byte[] take(int length) {
        if (length < 0 || length > source.remaining()) {
            throw cut();
        }
        byte[] taken = new byte[length];
        source.get(taken);
        return taken;
    }

    private int unsignedVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (!source.hasRemaining()) {
                throw cut();
            }
            byte next = source.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedRecordException("a varint is longer than five bytes");
    }

    private MalformedRecordException cut() {
        return new MalformedRecordException("the record is cut: bytes=" + source.capacity());
    }
}
