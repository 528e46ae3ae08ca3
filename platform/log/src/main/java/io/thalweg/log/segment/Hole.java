package io.thalweg.log.segment;

/**
 * Bytes {@code [position, end)} of a segment that are no sound batches, with sound ones after them.
 *
 * @param offset first offset that is missing
 * @param nextOffset first offset after the hole
 */
public record Hole(int position, int end, long offset, long nextOffset) {}
