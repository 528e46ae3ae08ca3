package io.thalweg.log;

/**
 * Where a log is to be cut off: see {@link PartitionLog#truncateTo}.
 *
 * @param offset the next one to be written afterwards
 */
public record Truncation(PartitionLog log, long offset) {}
