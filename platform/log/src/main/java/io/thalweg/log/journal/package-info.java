/**
 * The write-ahead journal of a log directory: one write and one flush for everything that waits, on whatever partition.
 *
 * <pre>
 * file   preallocated, {@code <root>/journal/<number8>.journal}; groups begin at multiples of 4096 bytes
 * group  magic i32 "TWJ1" | crc i32 of the 24 bytes that follow | sequence i64 | payload bytes i32
 *        | payload crc i32 | entry count i32 | 0 i32 | payload
 * entry  topic id 2 x i64 | partition i32 | kind i32 | offset i64 | bytes i32 | 0 i32 | record batches, or what else
 *        the kind brings
 * </pre>
 *
 * Checksums are CRC-32C. A group is padded to whole pages, so that writing one never touches a page that holds an
 * acknowledged one.
 *
 * <h2>Place</h2>
 * Below {@code LogDirectory}. The journal is read only at start; Kafka's segment files stay the log.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Journal#write} belongs to the holder of the directory's commit lock.</li>
 *   <li>{@link Journal#full}, {@link Journal#free} and {@link Journal#prepare} belong to whoever reclaims, one at a
 *       time; they may run beside the writer.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Sequences have no holes. Files are reused in the order in which they were filled, so what survives in the journal is
 * always a suffix of what was written: an entry that undoes another (a truncation, a deletion) outlives it. A file is
 * reused only after everything in it is flushed into segments and the checkpoint that says so is durable.
 *
 * <h2>Failure</h2>
 * {@link java.io.IOException}: the group is not acknowledged. After a failed flush nothing more is written: whether the
 * group survives is known only after a restart.
 */
@NullMarked
package io.thalweg.log.journal;

import org.jspecify.annotations.NullMarked;
