package io.thalweg.streams.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is among those with something to do: round robin, so that between two turns of one, every other that is ready
 * all the while has exactly one. Compares by identity or equality as {@code T} does. Confined.
 */
final class TurnScheduler<T> {

    private final Deque<T> queue = new ArrayDeque<>();
    private final Set<T> queued = new HashSet<>();

    /** Has something to do: goes to the end of the queue, unless it waits in it already. */
    void ready(T one) {
        if (queued.add(one)) {
            queue.addLast(one);
        }
    }

    /** Has nothing to do any more. */
    void remove(T one) {
        if (queued.remove(one)) {
            queue.remove(one);
        }
    }

    /** Takes the one that waited longest out of the queue; null if nobody waits. */
    @Nullable
    T next() {
        T first = queue.pollFirst();
        if (first != null) {
            queued.remove(first);
        }
        return first;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }
}
