package io.thalweg.streams;

import org.jspecify.annotations.Nullable;

/** Makes one value of the two sides of a join; in an outer join the side that is missing is null. */
@FunctionalInterface
public interface Joiner<K, L, R, O> {

    @Nullable
    O join(K key, L left, R right);
}
