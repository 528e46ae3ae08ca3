package io.thalweg.broker.api;

/**
 * Where an append landed.
 *
 * @param baseOffset of its first record
 * @param logAppendTimeMillis the broker's time when the topic stamps records itself, else -1
 * @param logStartOffset of the partition
 * @param leaderEpoch in which it was appended
 */
public record AppendResult(long baseOffset, long logAppendTimeMillis, long logStartOffset, int leaderEpoch) {}
