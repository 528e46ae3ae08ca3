package io.thalweg.log.record;

import org.jspecify.annotations.Nullable;

/**
 * What a topic demands of the batches appended to it.
 *
 * @param maxMessageBytes largest batch as sent, compressed
 * @param segmentBytes largest batch that a segment can hold
 * @param compacted every record must have a key
 * @param logAppendTime the broker sets timestamps, so those of the producer are not checked
 * @param timestampBeforeMaxMillis how far in the past a timestamp may lie
 * @param timestampAfterMaxMillis how far in the future a timestamp may lie
 * @param codec what batches are stored in; null keeps what the producer chose
 */
public record ValidationRules(
        int maxMessageBytes,
        int segmentBytes,
        boolean compacted,
        boolean logAppendTime,
        long timestampBeforeMaxMillis,
        long timestampAfterMaxMillis,
        @Nullable CompressionCodec codec) {

    /** Nothing inflates beyond this, whatever a topic allows. */
    public static final int INFLATED_BYTES_MAX = 64 << 20;

    private static final int INFLATED_BYTES_MIN = 1 << 20;
    private static final int INFLATION_FACTOR = 16;

    public ValidationRules {
        if (maxMessageBytes < 0 || segmentBytes < BatchHeader.BYTES) {
            throw new IllegalArgumentException(
                    "bad limits: maxMessageBytes=" + maxMessageBytes + " segmentBytes=" + segmentBytes);
        }
        if (timestampBeforeMaxMillis < 0 || timestampAfterMaxMillis < 0) {
            throw new IllegalArgumentException("bad limits: timestampBeforeMaxMillis=" + timestampBeforeMaxMillis
                    + " timestampAfterMaxMillis=" + timestampAfterMaxMillis);
        }
    }

    /** Kafka's defaults for a topic. */
    public static ValidationRules defaults() {
        return new ValidationRules(1048588, 1 << 30, false, false, Long.MAX_VALUE, 3_600_000, null);
    }

    /** How many bytes one compressed batch may inflate to. */
    public int inflatedBytesMax() {
        return (int)
                Math.min(INFLATED_BYTES_MAX, Math.max(INFLATED_BYTES_MIN, (long) INFLATION_FACTOR * maxMessageBytes));
    }
}
