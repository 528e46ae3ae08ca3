/**
 * The segmented log of one partition, and the directory that holds many and commits them as a group.
 *
 * <h2>Place</h2>
 * Above {@code environment}; below {@code coordination} and {@code broker}. Knows nothing of Vert.x, Hazelcast or the
 * network. Record batches are Kafka's, magic 2, verbatim, and so are the files of a log ({@code segment}, {@code
 * producer}, {@code epoch}); the journal, the checkpoint and {@code meta.properties} belong to the directory.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link LogDirectory#append} belongs to one writer thread. {@link LogDirectory#maintain} and {@link
 *       LogDirectory#flushBehind} belong to one background worker and may run beside it.</li>
 *   <li>{@link PartitionLog} is read from any thread. {@link PartitionLog#readTail} and the getters of a log that is open
 *       never block; what says that it blocks may wait for the disk.</li>
 *   <li>Locks are taken in the order compaction, commit, reclaim, file, log, fence. None is held while a reader reads. The
 *       fence lock is never held over input or output, so {@link PartitionLog#fence} may be called on an event loop.</li>
 *   <li>{@link RecordSlices} belongs to whoever received it; an {@link Append} to the writer until it is done.</li>
 * </ol>
 *
 * <h2>Before it is durable</h2>
 * In FSYNC mode a log's {@link StagedListener} is shown what a group holds of it before the journal is written. Nobody else sees that
 * before it is durable: not readers, not who asks where the log ends. If it cannot be written, the log takes no append of that epoch
 * any more, so that in one epoch an offset never means two records.
 *
 * <h2>Invariants</h2>
 * {@code logStartOffset <= highWatermark <= logEndOffset} and {@code recoveryPoint <= logEndOffset}. An append that
 * succeeded in FSYNC mode is in the journal, in segments that were flushed, or both. {@link
 * LogDirectory#checkInvariants()} checks what can be checked.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.log.error.ThalwegException}: the caller's input, or the log's damage; nothing changed.
 * {@link java.io.IOException} on a write or a flush: the directory is offline for appends and goes on being read; a
 * failed flush is never tried again. A full disk is another matter:
 * <ul>
 *   <li>The journal is preallocated, so its writes need no space. If one fails for want of it all the same, its group is
 *       refused with KAFKA_STORAGE_ERROR and its place is overwritten by the next. What was shown of it may be held by
 *       others and come back with them: {@link Append#undecided} says so.</li>
 *   <li>A group that is in the journal is durable and is therefore acknowledged and visible, even if a segment has no
 *       space for it: its batches stay in memory, pinned, and the journal file is not reused. Until they are written,
 *       every further group is refused with KAFKA_STORAGE_ERROR; the next group after space was freed writes them first
 *       and succeeds. If the process dies before that, replay writes them. So nothing that was answered is lost, and
 *       nothing that was refused comes back from here.</li>
 *   <li>Without a journal (OS mode) the segment is cut back to its last whole batch and the log's part of the group is
 *       refused.</li>
 * </ul>
 * Damage on disk: see {@code recovery}. Closed segments are verified again while the node runs, a pass each day; what is
 * found makes the log read-only as at the start.
 */
@NullMarked
package io.thalweg.log;

import org.jspecify.annotations.NullMarked;
