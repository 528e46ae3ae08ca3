package io.thalweg.log;

/**
 * A transaction that was aborted; a reader of committed data leaves out its records.
 *
 * @param firstOffset of its first record
 * @param lastOffset of its marker
 * @param lastStableOffset of the log when the marker was written
 */
public record AbortedTxn(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
