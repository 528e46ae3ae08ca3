package io.thalweg.streams.topology;

/** How a store is laid out, and what its changelog keys look like. */
public enum StoreKind {
    /** key to value and timestamp; changelog key: the key. */
    KEY_VALUE,
    /** (key, window start, sequence) to value and timestamp; changelog key: key, start (8 bytes), sequence (4 bytes). */
    WINDOW,
    /** (key, end, start) to value; changelog key: key, end (8 bytes), start (8 bytes). */
    SESSION,
    /** (key, valid from) to value; changelog key: the key, the record's timestamp is when it became valid. */
    VERSIONED,
    /** Rows that wait for stream time to pass; changelog key: time (8 bytes), sequence (8 bytes), key. */
    BUFFER
}
