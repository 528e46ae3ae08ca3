package io.thalweg.streams;

import org.jspecify.annotations.Nullable;

/** How a record changes an aggregate. Holds no state of its own: all tasks call the same object. */
@FunctionalInterface
public interface Aggregator<K, V, A> {

    /**
     * The aggregate with this record in it; the one passed may be changed and returned.
     *
     * @return null for no aggregate: the row is deleted
     */
    @Nullable
    A apply(K key, V value, A aggregate);
}
