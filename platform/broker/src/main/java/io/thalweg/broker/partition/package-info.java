/**
 * One partition replica on this node: who leads it, what is committed, and who waits for more.
 *
 * <h2>Place</h2>
 * Above {@code log} and {@code storage}; below {@code fetch} and the broker. Replication slips in here: it will drive
 * {@link io.thalweg.broker.partition.PartitionState} and the high watermark, which on one node the writer's commit moves.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.broker.partition.Partition} may be read from any thread; its state changes on the controller's
 *       context, its high watermark on the log-writer thread.</li>
 *   <li>{@link io.thalweg.broker.partition.Waiter}s are registered from their own contexts and told on the thread that
 *       changed the partition.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Leader epochs of a partition only grow. A waiter that registered and then saw too little is told of every change after
 * that: the change is published before waiters are looked for.
 *
 * <h2>Failure</h2>
 * NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION: refresh metadata, retry.
 */
@NullMarked
package io.thalweg.broker.partition;

import org.jspecify.annotations.NullMarked;
