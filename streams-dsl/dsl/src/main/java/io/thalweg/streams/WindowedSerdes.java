package io.thalweg.streams;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Windowed keys as bytes, in Kafka Streams' layouts. */
public final class WindowedSerdes {

    private WindowedSerdes() {}

    /** Key, then start (8 bytes): for tumbling and hopping windows of one size. */
    public static <K> Serde<Windowed<K>> time(Serde<K> inner, long sizeMillis) {
        return Serdes.of(
                "windowed(" + inner.name() + ")",
                window -> append(inner.serialize(window.key()), window.startMillis()),
                bytes -> {
                    int length = checked(bytes, 8);
                    long start = ByteBuffer.wrap(bytes).getLong(length);
                    return new Windowed<>(inner.deserialize(Arrays.copyOf(bytes, length)), start, start + sizeMillis);
                });
    }

    /** Key, then end (8 bytes), then start (8 bytes). */
    public static <K> Serde<Windowed<K>> session(Serde<K> inner) {
        return Serdes.of(
                "session(" + inner.name() + ")",
                window -> append(append(inner.serialize(window.key()), window.endMillis()), window.startMillis()),
                bytes -> {
                    int length = checked(bytes, 16);
                    ByteBuffer tail = ByteBuffer.wrap(bytes, length, 16);
                    long end = tail.getLong();
                    return new Windowed<>(inner.deserialize(Arrays.copyOf(bytes, length)), tail.getLong(), end);
                });
    }

    private static byte[] append(byte[] key, long time) {
        byte[] bytes = Arrays.copyOf(key, key.length + 8);
        ByteBuffer.wrap(bytes).putLong(key.length, time);
        return bytes;
    }

    private static int checked(byte[] bytes, int tail) {
        if (bytes.length < tail) {
            throw new IllegalArgumentException("serde=windowed bytes=" + bytes.length + " expected at least " + tail);
        }
        return bytes.length - tail;
    }
}
