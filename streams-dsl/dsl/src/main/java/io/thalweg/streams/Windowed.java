package io.thalweg.streams;

/**
 * A key and one of its windows.
 *
 * @param startMillis inclusive
 * @param endMillis exclusive for tumbling and hopping windows; inclusive, the last record's time, for sessions and sliding ones
 */
public record Windowed<K>(K key, long startMillis, long endMillis) {

    /** {@code key@start/end}. */
    @Override
    public String toString() {
        return key + "@" + startMillis + "/" + endMillis;
    }
}
