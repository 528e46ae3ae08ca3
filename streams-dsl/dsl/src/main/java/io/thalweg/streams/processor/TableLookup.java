package io.thalweg.streams.processor;

import org.jspecify.annotations.Nullable;

/** Reads rows of a table by key, materialised or computed from a table upstream. Confined to its task. */
interface TableLookup {

    /** The row's value now, null if there is none. */
    @Nullable
    Object value(Object key);

    /** The timestamp of the value that {@link #value} returned last; -1 if it was null. */
    long timestampMillis();

    /** The value as of a time, in a versioned table; the value now in others. */
    default @Nullable Object valueAsOf(Object key, long timeMillis) {
        return value(key);
    }
}
