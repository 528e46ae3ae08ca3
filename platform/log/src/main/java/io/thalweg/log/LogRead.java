package io.thalweg.log;

/**
 * What a read found: whole batches, the first of which holds the offset asked for or the next one that exists.
 *
 * @param records close it
 * @param nextOffset where to read on; the offset asked for if there was nothing to read
 */
public record LogRead(RecordSlices records, long nextOffset) {}
