/**
 * The replicated partitions of a node: what replication does to their disks, and what it decides for them.
 *
 * <h2>Place</h2>
 * Above {@code partition} and {@code storage}, and implements the ports of {@code replication.node}; below the broker.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>One replication loop for the node: {@code ReplicationNode}, its listener and every store are confined to it.</li>
 *   <li>The log writer hands the loop one task for each group that it committed, and one before that for each log that a leader's
 *       clients append to with it: followers are sent that while the disk writes. Logs are cut and restarted on the writer
 *       thread, between its groups.</li>
 *   <li>{@link io.thalweg.broker.replica.Replicas#open} and its like may be called from any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A partition that is dropped is opened again only when everything of it is gone. Untrusted is noted durably before a log is cut
 * for damage. A replica that lost records and has nobody to ask stays closed.
 *
 * <h2>Failure</h2>
 * A replica that cannot be opened, or goes offline, is logged and serves nobody; the others go on. While the disk is full, or does
 * not answer, others lead what this node led; if it failed, every replica is offline until the node starts again.
 */
@NullMarked
package io.thalweg.broker.replica;

import org.jspecify.annotations.NullMarked;
