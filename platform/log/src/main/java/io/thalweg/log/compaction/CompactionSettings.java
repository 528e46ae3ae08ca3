package io.thalweg.log.compaction;

/**
 * How a run works.
 *
 * @param segmentBytes small segments are joined up to this size
 * @param deleteRetentionMillis how long tombstones and markers stay after they were first met
 * @param mapBytes heap for the map of keys; a run ends early where it is full
 */
public record CompactionSettings(int segmentBytes, long deleteRetentionMillis, long mapBytes) {

    /** Room for about 786,000 keys; a log with more dirty ones takes several runs. Kafka's default is four times as large. */
    public static final long DEFAULT_MAP_BYTES = 32L << 20;
}
