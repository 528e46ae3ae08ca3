/**
 * Topics as files: how a record is written, when a file is complete, and how a sink finds its place again.
 *
 * <h2>Place</h2>
 * {@link io.thalweg.connectors.file.write.FileSinkTask} is the outside. It encodes records with a {@link RecordEncoder} into
 * one buffer, which goes to the {@link PartitionFile} of its topic-partition; {@link SinkStateStore} remembers what is
 * durable. All of them reach the disk through {@link Disk}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is confined to the task's context, which is a worker's: writing and flushing block.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * The state of a topic-partition names a file, a length and the next offset; the first {@code length} bytes of the file are
 * durable and hold exactly the records before that offset. What lies behind is truncated at the start. A complete file is
 * never opened again, and never overwritten.
 *
 * <h2>Failure</h2>
 * A write that fails is retriable: its bytes stay in the buffer and are written again at the same place. A flush that fails
 * is not, since the kernel may have dropped what it held: the task fails, and its restart begins at the stored state.
 */
@NullMarked
package io.thalweg.connectors.file.write;

import org.jspecify.annotations.NullMarked;
