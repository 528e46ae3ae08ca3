/**
 * Where replicas and leaders should be: decisions of the controller as data.
 *
 * <h2>Place</h2>
 * Pure: the controller says what is so, carries the steps out and asks again. Nothing here is kept.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is a function of its arguments and may be called from any thread, but not on an event loop: a plan for 5,000
 *       partitions and a broker that joined took two to three seconds on a busy machine.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * No step removes a replica before its replacement is in sync, removes the leader, or makes two changes to one partition. A
 * plan that was carried out is followed by an empty plan.
 *
 * <h2>Failure</h2>
 * {@link IllegalArgumentException} for arguments that contradict each other. What cannot be done, such as three replicas on
 * two brokers, is left out and said in the plan.
 */
@NullMarked
package io.thalweg.cluster.balance;

import org.jspecify.annotations.NullMarked;
