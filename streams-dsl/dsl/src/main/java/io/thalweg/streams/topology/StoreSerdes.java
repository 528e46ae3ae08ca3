package io.thalweg.streams.topology;

/** Turns what a store holds into values to look at: text, numbers, booleans, {@code JsonObject}; base64 for anything else. */
public interface StoreSerdes {

    String keyName();

    String valueName();

    /** Bytes of a key as a JSON value. */
    Object keyAsJson(byte[] key);

    /** Bytes of a value as a JSON value. */
    Object valueAsJson(byte[] value);
}
