package io.thalweg.log.recovery;

/**
 * Records that should lie between two batches and do not, with no bytes in their place.
 *
 * @param offset first offset that is missing
 * @param nextOffset first offset behind the gap
 */
public record Gap(long offset, long nextOffset) {}
