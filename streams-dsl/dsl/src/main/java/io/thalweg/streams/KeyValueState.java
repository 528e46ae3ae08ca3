package io.thalweg.streams;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a {@link State} in one task. */
public interface KeyValueState<K, V> {

    @Nullable
    V get(K key);

    /** Null deletes. */
    void put(K key, @Nullable V value);

    /** A copy of all rows in the order of the keys' bytes. Sorts, so it costs what sorting costs. */
    List<KeyValue<K, V>> all();

    long size();
}
