package io.thalweg.streams;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Function;

/** The serdes that come with the DSL; each method without arguments returns the same object every time. */
public final class Serdes {

    private static final Serde<String> STRING = of(
            "string",
            value -> value.getBytes(StandardCharsets.UTF_8),
            bytes -> new String(bytes, StandardCharsets.UTF_8));
    private static final Serde<byte[]> BYTES = of("bytes", bytes -> bytes, bytes -> bytes);
    private static final Serde<Long> INT64 =
            of("int64", Serdes::writeLong, bytes -> readLong(sized("int64", bytes, 8)));
    private static final Serde<Integer> INT32 = of(
            "int32",
            value -> ByteBuffer.allocate(4).putInt(value).array(),
            bytes -> ByteBuffer.wrap(sized("int32", bytes, 4)).getInt());
    private static final Serde<Double> FLOAT64 = of(
            "float64",
            value -> writeLong(Double.doubleToRawLongBits(value)),
            bytes -> Double.longBitsToDouble(readLong(sized("float64", bytes, 8))));
    private static final Serde<Boolean> BOOLEAN =
            of("boolean", value -> new byte[] {(byte) (value ? 1 : 0)}, bytes -> sized("boolean", bytes, 1)[0] != 0);
    private static final Serde<UUID> UUIDS = of(
            "uuid",
            value -> value.toString().getBytes(StandardCharsets.UTF_8),
            bytes -> UUID.fromString(new String(bytes, StandardCharsets.UTF_8)));
    private static final Serde<JsonObject> JSON =
            of("json", value -> value.toBuffer().getBytes(), Serdes::parseJson);

    private Serdes() {}

    /** UTF-8 text. */
    public static Serde<String> string() {
        return STRING;
    }

    /** The bytes themselves. As a key they are no good for maps in the user's code; stores compare the bytes. */
    public static Serde<byte[]> bytes() {
        return BYTES;
    }

    /** 8 bytes, big endian, as Kafka's LongSerializer. */
    public static Serde<Long> int64() {
        return INT64;
    }

    /** 4 bytes, big endian, as Kafka's IntegerSerializer. */
    public static Serde<Integer> int32() {
        return INT32;
    }

    /** 8 bytes, big endian, as Kafka's DoubleSerializer. */
    public static Serde<Double> float64() {
        return FLOAT64;
    }

    /** One byte, 0 or 1. */
    public static Serde<Boolean> bool() {
        return BOOLEAN;
    }

    /** Text, as Kafka's UUIDSerializer. */
    public static Serde<UUID> uuid() {
        return UUIDS;
    }

    /** A JSON object in UTF-8. */
    public static Serde<JsonObject> json() {
        return JSON;
    }

    /** The user's own type as a JSON object. */
    public static <T> Serde<T> json(String name, Function<T, JsonObject> write, Function<JsonObject, T> read) {
        return of(name, value -> write.apply(value).toBuffer().getBytes(), bytes -> read.apply(parseJson(bytes)));
    }

    /** A serde from two functions. */
    public static <T> Serde<T> of(String name, Function<T, byte[]> write, Function<byte[], T> read) {
        return new FunctionSerde<>(name, write, read);
    }

    private record FunctionSerde<T>(String name, Function<T, byte[]> write, Function<byte[], T> read)
            implements Serde<T> {

        @Override
        public byte[] serialize(T value) {
            return write.apply(value);
        }

        @Override
        public T deserialize(byte[] bytes) {
            return read.apply(bytes);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static byte[] writeLong(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    private static long readLong(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    private static JsonObject parseJson(byte[] bytes) {
        try {
            return new JsonObject(Buffer.buffer(bytes));
        } catch (DecodeException | ClassCastException notJson) {
            throw new IllegalArgumentException("serde=json bytes=" + bytes.length + " are no JSON object", notJson);
        }
    }

    private static byte[] sized(String serde, byte[] bytes, int expected) {
        if (bytes.length != expected) {
            throw new IllegalArgumentException("serde=" + serde + " bytes=" + bytes.length + " expected " + expected);
        }
        return bytes;
    }
}
