package io.thalweg.log;

import io.thalweg.log.tail.Chunk;

/** Batches that are durable in the journal and visible, and wait for space on the disk to be written into a segment. */
record PendingRun(Chunk chunk, int at, int end) {}
