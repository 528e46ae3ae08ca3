package io.thalweg.streams;

/**
 * Turns values into bytes and back. Must be stateless: every task of every event loop calls the same object.
 *
 * <p>A null is never passed to either method: a null key or value stays null in the log.
 *
 * @param <T> what the bytes mean
 */
public interface Serde<T> {

    /** Shown in the topology, as in {@code "string"}. */
    String name();

    /** The bytes of a value; the caller does not change them. */
    byte[] serialize(T value);

    /**
     * The value of these bytes.
     *
     * @throws IllegalArgumentException if they are no value of this kind; the record then counts as one that failed
     */
    T deserialize(byte[] bytes);
}
