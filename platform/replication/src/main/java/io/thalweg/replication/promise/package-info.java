/**
 * What the replicas of one log directory have promised: the state that each of them needs besides its log.
 *
 * <h2>Place</h2>
 * Beside {@link io.thalweg.replication.Replica}, for the broker's {@link io.thalweg.replication.node.ReplicaStore}s.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link PromiseStore} is confined to the replication loop, and completes its futures there.</li>
 *   <li>Files are touched on the disk executor alone, by one task at a time; {@link PromiseStore#open} blocks.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What a future said is durable is found by every later start, or the start is refused. What is found at a start was flushed
 * before anybody acts on it.
 *
 * <h2>Failure</h2>
 * A write or a flush that fails fails every later call: the log directory is unusable. Damage of what was flushed is a {@link
 * PromisesDamaged}: an operator must decide.
 */
@NullMarked
package io.thalweg.replication.promise;

import org.jspecify.annotations.NullMarked;
