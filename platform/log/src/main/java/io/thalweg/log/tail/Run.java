package io.thalweg.log.tail;

/** Whole batches of one log that lie side by side in a chunk. */
record Run(Chunk chunk, int at, int length, long baseOffset, long nextOffset) {}
