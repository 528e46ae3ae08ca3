/**
 * One partition replica on this node: who leads it, what is committed, and who waits for more.
 *
 * <h2>Place</h2>
 * Above {@code log} and {@code storage}; below {@code fetch}, {@code replica} and the broker. Of a partition with one replica the
 * metadata says who leads, and the writer's commit moves the high watermark; of one with more, replication does both.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.broker.partition.Partition} may be read from any thread. With one replica its state changes on the
 *       metadata context and its high watermark on the log-writer thread; with more, both on the replication loop.</li>
 *   <li>Appends that wait for replicas are held by the writer thread, answered by the replication loop, and failed by one
 *       timer for the node.</li>
 *   <li>{@link io.thalweg.broker.partition.Waiter}s are registered from their own contexts and told on the thread that
 *       changed the partition.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Leader epochs of a partition only grow. An append with {@code acks=all} is answered when the high watermark has passed it, and
 * fails for certain only if its batch is not in the log. A waiter that registered and then saw too little is told of every change after
 * that: the change is published before waiters are looked for.
 *
 * <h2>Failure</h2>
 * NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION: refresh metadata, retry.
 * OFFSET_NOT_AVAILABLE: a new leader has not committed its epoch yet; retry. {@link
 * io.thalweg.broker.storage.UndecidedAppendException}: the batch may stay or not.
 */
@NullMarked
package io.thalweg.broker.partition;

import org.jspecify.annotations.NullMarked;
