package io.thalweg.broker.metadata;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ByteWriter} wrote; fails with CORRUPT_MESSAGE instead of reading beyond the end. */
final class ByteReader {

    private final ByteBuffer bytes;

    ByteReader(ByteBuffer bytes) {
        this.bytes = bytes.slice();
    }

    int u8() {
        need(1);
        return bytes.get() & 0xff;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        throw corrupt("a varint has more than 10 bytes");
    }

    /** A varint that must lie in [0, maximum]. */
    int count(int maximum) {
        long value = varint();
        if (value < 0 || value > maximum) {
            throw corrupt("count=" + value + " expected at most " + maximum);
        }
        return (int) value;
    }

    long int64() {
        need(8);
        return bytes.getLong();
    }

    String string() {
        int length = count(bytes.remaining());
        need(length);
        byte[] utf8 = new byte[length];
        bytes.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Nullable
    String nullableString() {
        return u8() == 0 ? null : string();
    }

    int remaining() {
        return bytes.remaining();
    }

    void end() {
        if (bytes.hasRemaining()) {
            throw corrupt(bytes.remaining() + " bytes follow its end");
        }
    }

    private void need(int count) {
        if (bytes.remaining() < count) {
            throw corrupt("it ends too early");
        }
    }

    private static ThalwegException corrupt(String why) {
        return new ThalwegException(ErrorCode.CORRUPT_MESSAGE, "metadata record is not readable: " + why);
    }
}
