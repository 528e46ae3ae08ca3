package io.thalweg.broker.metadata;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Unsigned varints (LEB128), and strings as their UTF-8 length and bytes. */
final class ByteWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ByteWriter u8(int value) {
        bytes.write(value);
        return this;
    }

    /** @param value at least 0 takes 1 to 9 bytes; a negative one takes 10 */
    ByteWriter varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return this;
    }

    ByteWriter int64(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes.write((int) (value >>> shift));
        }
        return this;
    }

    ByteWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        varint(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    ByteWriter nullableString(@Nullable String value) {
        return value == null ? u8(0) : u8(1).string(value);
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
