package io.thalweg.streams;

/** A key-value store of a {@link Processor}, with a changelog. Keep the name when the code changes. */
public record State<K, V>(String name, Serde<K> keySerde, Serde<V> valueSerde) {

    public static <K, V> State<K, V> keyValue(String name, Serde<K> keySerde, Serde<V> valueSerde) {
        return new State<>(name, keySerde, valueSerde);
    }
}
