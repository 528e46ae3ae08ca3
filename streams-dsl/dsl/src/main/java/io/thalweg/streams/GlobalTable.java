package io.thalweg.streams;

/**
 * A table of which every instance holds all rows, so that a stream can be joined with it by any key and without repartitioning.
 * For small tables that change rarely: its rows are read as they are when a record comes, whatever their timestamps.
 */
public final class GlobalTable<K, V> {

    private final String store;
    private final Serde<K> keySerde;
    private final Serde<V> valueSerde;

    GlobalTable(String store, Serde<K> keySerde, Serde<V> valueSerde) {
        this.store = store;
        this.keySerde = keySerde;
        this.valueSerde = valueSerde;
    }

    String store() {
        return store;
    }

    Serde<K> keys() {
        return keySerde;
    }

    Serde<V> values() {
        return valueSerde;
    }
}
