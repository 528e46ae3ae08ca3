/**
 * Opening a log that is on disk: what is trusted, what is read, and what is made of damage.
 *
 * <p>Segments that end before the recovery point are trusted. From there on every batch is checked. Where a batch is not
 * sound and no sound one follows, the tail was torn and is cut off: whatever of it was acknowledged is in the journal,
 * which is replayed next. Where sound batches follow, nothing is cut: the bytes in between are a {@link
 * io.thalweg.log.segment.Hole}, which the journal may fill and which readers step over.
 *
 * <p>A checksum does not cover where a batch belongs, so offsets must follow each other too, except where compaction may
 * have left some out ({@link io.thalweg.log.checkpoint.GapsCheckpoint}): see {@link
 * io.thalweg.log.segment.OffsetOrder}. What is missing between two batches is a {@link Gap}.
 *
 * <h2>Place</h2>
 * Below {@code PartitionLog}; above {@code segment}, {@code producer} and {@code epoch}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link LogLoader} belongs to the one caller that opens the log, under the log's lock.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Nothing that a checksum vouches for is removed.
 *
 * <h2>Failure</h2>
 * {@link java.io.IOException}: the log stays unopened and the next use tries again.
 */
@NullMarked
package io.thalweg.log.recovery;

import org.jspecify.annotations.NullMarked;
