/**
 * What clients did and saw, and whether a log can have behaved so; what replicas hold, and whether it is the same.
 *
 * <h2>Place</h2>
 * Used by the fault tests; knows nothing of how the load was made.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link History} may be written from any thread; its order is the order of the calls.</li>
 *   <li>{@link HistoryChecker} reads a history that nobody writes any more, {@link ReplicaComparison} directories that no
 *       node uses any more.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A value is sent at most once to a key; a key is {@code topic/partition}.
 *
 * <h2>Failure</h2>
 * A history without an acknowledged send or without a read proves nothing and is not valid.
 */
@NullMarked
package io.thalweg.system.history;

import org.jspecify.annotations.NullMarked;
