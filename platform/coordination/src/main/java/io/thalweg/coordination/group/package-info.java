/**
 * The group coordinator: Kafka's classic consumer groups and committed offsets.
 *
 * <h2>Place</h2>
 * Above {@code coordination.runtime}, which replicates it; offered to doors and clients as
 * {@link io.thalweg.coordination.group.api.GroupsApi}. Read {@link io.thalweg.coordination.group.ClassicGroup} for the
 * states, {@link io.thalweg.coordination.group.JoinStateMachine} and
 * {@link io.thalweg.coordination.group.ClassicGroupStateMachine} for what happens in them,
 * {@link io.thalweg.coordination.group.GroupShard} for offsets and the rest. What members assign to each other is their
 * own business: metadata and assignments are bytes here, so eager and cooperative assignors work alike.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.coordination.group.GroupCoordinator} may be called from any thread.</li>
 *   <li>All else is confined to its shard by the runtime and does nothing on its own.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * One generation has one leader, one protocol and one assignment, in the log before a member hears of it. Generations
 * grow. A commit is accepted from a member of the current generation or, without a member, while the group is empty.
 * Sessions and phases are measured on monotonic time. Every join and sync is answered, at the latest when its phase
 * times out.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.log.error.ThalwegException} with Kafka's codes; a request that fails has changed nothing.
 */
@NullMarked
package io.thalweg.coordination.group;

import org.jspecify.annotations.NullMarked;
