/**
 * The connectors of a cluster: one node leads, all that have the role run a share of the tasks.
 *
 * <h2>Place</h2>
 * Above the herder, the stores and the client; the launcher joins a node with
 * {@link io.thalweg.connectors.runtime.spread.ConnectorsMember}. A node alone uses nothing of this.
 *
 * <p>The nodes are a group whose coordinator seats one of them. That one has the only herder; its
 * {@link io.thalweg.connectors.runtime.spread.SeatTasks} place each task on a member and speak with the members over the
 * cluster's event bus. Nothing that the bus loses, repeats or delays does harm: what counts is in the log.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>The seat's side is confined to the herder's context, a node's side to that of its member.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * One instance of a task at most may store positions. The seated node alone writes the internal topics: it claims them in a
 * new producer epoch ({@link io.thalweg.connectors.runtime.store.SeatClaim}), so that the log refuses whoever led before, and
 * takes positions of the instances that it started or took over alone. It starts another instance of a task when the last one has
 * said that it stopped, or when its node is no member any more; what that one was granted to store is in the log by then. So a
 * node that was paused and comes back can store nothing, hence begin no producer; it appends nothing before the group has
 * answered it ({@code LeasedClient}), and what it had sent for an exact source has sequences that the log takes once. Records
 * of a source that is not exact may come twice, as ever.
 *
 * <p>A rebalance of the group stops nothing. When the seat changes hands tasks go on, and wait with storing positions until the
 * next leader has asked what they are; those that it would start just so it takes over, others it stops.
 * Tasks move for balance alone: the counts of nodes differ by one at most, and what need not move stays.
 *
 * <h2>Failure</h2>
 * A node that leaves the group, or is not heard of within its session, loses its tasks to others, and stops them when it hears
 * so. One that does not answer is given no tasks and keeps what it has. A leader that is fenced starts anew if it is still seated.
 */
@NullMarked
package io.thalweg.connectors.runtime.spread;

import org.jspecify.annotations.NullMarked;
