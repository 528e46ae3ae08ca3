package io.thalweg.coordination.group.record;

/**
 * A committed offset.
 *
 * @param leaderEpoch -1 if not known
 * @param commitTimestampMillis wall time
 * @param expireTimestampMillis wall time, or -1 for the broker's retention
 */
public record OffsetValue(
        long offset, int leaderEpoch, String metadata, long commitTimestampMillis, long expireTimestampMillis) {}
