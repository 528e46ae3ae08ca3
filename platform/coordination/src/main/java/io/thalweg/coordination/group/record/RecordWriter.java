package io.thalweg.coordination.group.record;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes Kafka's inflexible primitive types, big-endian. */
final class RecordWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

    RecordWriter int16(int value) {
        bytes.write(value >>> 8);
        bytes.write(value);
        return this;
    }

    RecordWriter int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    RecordWriter int64(long value) {
        return int32((int) (value >>> 32)).int32((int) value);
    }

    /** An int16 length, -1 for null, then UTF-8. */
    RecordWriter string(@Nullable String value) {
        if (value == null) {
            return int16(-1);
        }
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("string too long for a record: bytes=" + utf8.length);
        }
        int16(utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    /** An int32 length, then the bytes. */
    RecordWriter bytes(byte[] value) {
        int32(value.length);
        bytes.writeBytes(value);
        return this;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
