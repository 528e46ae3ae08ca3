/**
 * Files as records: where one ends, what it says, and how a file is followed through rotation.
 *
 * <h2>Place</h2>
 * {@link io.thalweg.connectors.file.read.FileSourceTask} is the outside. It asks {@link FileCursor}s, one for each file,
 * for records; a cursor reads a {@link ByteInput} into the task's one {@link ChunkBuffer}, a {@link RecordSplitter}
 * finds where records end, a {@link RecordFormat} makes them.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is confined to the task's context, which is a worker's: reading blocks.</li>
 *   <li>{@link io.thalweg.connectors.file.read.FileSourceConfig} and {@link FilePosition} are immutable.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A position is the end of a record. From a position the same records come in the same order, whatever chunks the bytes
 * arrived in. A task holds one buffer of at most twice {@code chunk.bytes + max.record.bytes}.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.connectors.file.read.MalformedRecordException} names file, line and what is allowed; records before
 * it are delivered first. An I/O error is retriable: the cursor closes its file and reads again from its position.
 */
@NullMarked
package io.thalweg.connectors.file.read;

import org.jspecify.annotations.NullMarked;
