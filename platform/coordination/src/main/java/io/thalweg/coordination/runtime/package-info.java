/**
 * What turns a log partition into a replicated state machine.
 *
 * <h2>Place</h2>
 * Below the coordinators; {@link io.thalweg.coordination.runtime.CoordinatorLog} is the port that the broker implements.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.coordination.runtime.CoordinatorLog} may be called from any Vert.x context; its futures complete
 *       there. A replay's visitor runs on a storage thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A change is visible to others only after its record was committed; replaying a partition from its start gives the state
 * that was committed.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.log.error.ThalwegException}: NOT_LEADER_OR_FOLLOWER asks the caller to unload the partition.
 */
@NullMarked
package io.thalweg.coordination.runtime;

import org.jspecify.annotations.NullMarked;
