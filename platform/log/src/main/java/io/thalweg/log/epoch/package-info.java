/**
 * Which leader epoch began where (KIP-101).
 *
 * <h2>Place</h2>
 * Below {@code PartitionLog}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link LeaderEpochs} may be used from any thread: each change makes a new immutable list.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Epochs and start offsets strictly increase. The first entry may lie before the log start offset: it is then the epoch of
 * the last record that was deleted.
 *
 * <h2>Failure</h2>
 * A file that cannot be read is rebuilt from the batches, each of which carries its epoch.
 */
@NullMarked
package io.thalweg.log.epoch;

import org.jspecify.annotations.NullMarked;
