package io.thalweg.streams;

import org.jspecify.annotations.Nullable;

/** A key and its value. */
public record KeyValue<K, V>(@Nullable K key, @Nullable V value) {

    public static <K, V> KeyValue<K, V> of(@Nullable K key, @Nullable V value) {
        return new KeyValue<>(key, value);
    }
}
