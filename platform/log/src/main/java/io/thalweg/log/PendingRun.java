package io.thalweg.log;

import io.thalweg.log.tail.Chunk;

/**
 * Batches that are durable in the journal and visible, and wait for space on the disk to be written into a segment.
 *
 * @param after where the log ended before them
 */
record PendingRun(Chunk chunk, int at, int end, long after) {}
