package io.thalweg.streams;

/** Makes one aggregate of two, when a record joins two sessions. */
@FunctionalInterface
public interface Merger<K, A> {

    A merge(K key, A first, A second);
}
