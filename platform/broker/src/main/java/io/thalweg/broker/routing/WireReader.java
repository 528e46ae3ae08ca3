package io.thalweg.broker.routing;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Reads what {@link WireWriter} wrote; fails with INVALID_REQUEST instead of reading beyond the end. */
final class WireReader {

    private final ByteBuffer in;

    WireReader(Buffer body) {
        in = ByteBuffer.wrap(body.getBytes());
    }

    int int8() {
        return need(Byte.BYTES).get();
    }

    short int16() {
        return need(Short.BYTES).getShort();
    }

    int int32() {
        return need(Integer.BYTES).getInt();
    }

    long int64() {
        return need(Long.BYTES).getLong();
    }

    boolean bool() {
        return int8() != 0;
    }

    @Nullable
    String nullableString() {
        int length = int32();
        if (length == -1) {
            return null;
        }
        return StandardCharsets.UTF_8.decode(slice(length)).toString();
    }

    /** A value by its name. */
    <E extends Enum<E>> E name(Class<E> type) {
        String name = string();
        for (E value : type.getEnumConstants()) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        throw malformed("no such " + type.getSimpleName() + ": " + name);
    }

    String string() {
        String value = nullableString();
        if (value == null) {
            throw malformed("a string is missing");
        }
        return value;
    }

    byte[] bytes() {
        ByteBuffer slice = slice(int32());
        byte[] copy = new byte[slice.remaining()];
        slice.get(copy);
        return copy;
    }

    /** Of the memory that is read from. */
    ByteBuffer slice() {
        return slice(int32());
    }

    private ByteBuffer slice(int length) {
        if (length < 0) {
            throw malformed("length=" + length);
        }
        need(length);
        ByteBuffer slice = in.slice(in.position(), length);
        in.position(in.position() + length);
        return slice;
    }

    @Nullable
    Uuid uuid() {
        Uuid id = new Uuid(int64(), int64());
        return id.equals(Uuid.ZERO_UUID) ? null : id;
    }

    TopicPartition partition() {
        return new TopicPartition(string(), int32());
    }

    <T> List<T> list(Function<WireReader, T> each) {
        int count = int32();
        // Each element has at least a byte: a wrong count takes no more memory than there are bytes.
        if (count < 0 || count > in.remaining()) {
            throw malformed("count=" + count + " bytes left=" + in.remaining());
        }
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(each.apply(this));
        }
        return values;
    }

    private ByteBuffer need(int bytes) {
        if (in.remaining() < bytes) {
            throw malformed("it ends too early");
        }
        return in;
    }

    private static ThalwegException malformed(String why) {
        return new ThalwegException(
                ErrorCode.INVALID_REQUEST, "a broker's call or answer is not readable: " + why + "; same version?");
    }
}
