/**
 * Who votes on a replicated log from which record on (KIP-853).
 *
 * <h2>Place</h2>
 * Below {@code PartitionLog}; its file is {@code log.checkpoint}'s.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link VoterHistory} may be used from any thread: each change makes a new immutable list. One thread at a time
 *       changes it.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Offsets strictly increase. The last record before the log start offset is kept, because it still holds; everything
 * else that the log no longer has is forgotten with it.
 *
 * <h2>Failure</h2>
 * None of its own: a file that cannot be read is rebuilt from the batches, as far as they are still there.
 */
@NullMarked
package io.thalweg.log.voters;

import org.jspecify.annotations.NullMarked;
