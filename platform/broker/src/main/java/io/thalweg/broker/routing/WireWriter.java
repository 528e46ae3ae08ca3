package io.thalweg.broker.routing;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Builds the body of a call: big-endian numbers; strings and bytes with an int32 length in front, -1 for null. */
final class WireWriter {

    private final Buffer out;

    WireWriter() {
        this(64);
    }

    WireWriter(int bytes) {
        out = Buffer.buffer(bytes);
    }

    WireWriter int8(int value) {
        out.appendByte((byte) value);
        return this;
    }

    WireWriter int16(int value) {
        out.appendShort((short) value);
        return this;
    }

    WireWriter int32(int value) {
        out.appendInt(value);
        return this;
    }

    WireWriter int64(long value) {
        out.appendLong(value);
        return this;
    }

    WireWriter bool(boolean value) {
        return int8(value ? 1 : 0);
    }

    WireWriter string(@Nullable String value) {
        if (value == null) {
            return int32(-1);
        }
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    WireWriter bytes(byte[] value) {
        out.appendInt(value.length).appendBytes(value);
        return this;
    }

    /** What is between the buffer's position and its limit, which stay. */
    WireWriter bytes(ByteBuffer value) {
        byte[] copy = new byte[value.remaining()];
        value.get(value.position(), copy);
        return bytes(copy);
    }

    /** By name, so that a value may be added anywhere. */
    WireWriter name(Enum<?> value) {
        return string(value.name());
    }

    WireWriter uuid(@Nullable Uuid id) {
        Uuid written = id == null ? Uuid.ZERO_UUID : id;
        return int64(written.getMostSignificantBits()).int64(written.getLeastSignificantBits());
    }

    WireWriter partition(TopicPartition partition) {
        return string(partition.topic()).int32(partition.partition());
    }

    <T> WireWriter list(Collection<T> values, BiConsumer<WireWriter, T> each) {
        int32(values.size());
        values.forEach(value -> each.accept(this, value));
        return this;
    }

    Buffer buffer() {
        return out;
    }
}
