/**
 * Turns the partitions of an internal topic into replicated state machines (Kafka's runtime and shard, KIP-848).
 *
 * <h2>Place</h2>
 * Below {@code coordination.group} and later transactions; above {@link io.thalweg.coordination.runtime.CoordinatorLog} and
 * {@link io.thalweg.coordination.runtime.ShardThreads}, which the broker implements. Knows no disk, network or thread.
 *
 * <p>A shard decides: an operation reads and changes its state and leaves its effects in a
 * {@link io.thalweg.coordination.runtime.Turn}: records, answers, timers. The runtime carries them out. The rule that
 * keeps what is not committed from being seen is <em>apply now, answer later</em>: an operation changes the state at
 * once, so the next one builds on it, but every answer, also that of a read, waits until all records appended before it
 * are committed. When an append fails, the shard object is thrown away with all its answers and loaded again from the
 * log. Against the alternatives: write-then-apply would let two operations decide on the same old state (an offset that
 * expires while its commit is on the way), snapshots with rollback need every collection in two versions; here a failed
 * append is rare, and a reload is the path that a restart takes anyway. At most one append of a shard is on the way,
 * and what arrives meanwhile goes into the next one: a group commit without a timer.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.coordination.runtime.CoordinatorRuntime} may be called from any thread; its futures complete
 *       where {@link io.thalweg.coordination.runtime.ShardThreads#promise} says, which is the caller's context.</li>
 *   <li>A shard is confined: one executor for each partition runs its operations and timers, one at a time. While it
 *       loads it is known to nobody, so {@link io.thalweg.coordination.runtime.CoordinatorLog#replay} may run elsewhere.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A shard that replays the committed log is equal, in what it persists, to the one that wrote it. Answers leave in the
 * order of the operations they depend on. Nothing is answered twice, and nothing is left without an answer when a shard
 * goes. The records of one operation that fit one batch go in one batch, all or nothing.
 *
 * <h2>Failure</h2>
 * NOT_COORDINATOR: this node does not lead the partition. COORDINATOR_LOAD_IN_PROGRESS: still replaying, ask again.
 * COORDINATOR_NOT_AVAILABLE: an append or a load failed, or too much is waiting; the outcome of a write is then unknown.
 * An exception that is not a ThalwegException is a defect of the shard: it is logged and the shard is loaded again.
 */
@NullMarked
package io.thalweg.coordination.runtime;

import org.jspecify.annotations.NullMarked;
