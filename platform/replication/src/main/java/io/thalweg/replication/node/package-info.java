/**
 * All replicas of one node: what its peers and its disk tell each of them, and what they want done. Everything that two nodes
 * have to say about the partitions that they share travels together; there is no timer for a partition.
 *
 * <h2>Place</h2>
 * Above {@link io.thalweg.replication.Replica}; below the broker, which implements the ports {@link
 * io.thalweg.replication.node.ReplicaStore}, {@link io.thalweg.replication.node.PeerLink} and {@link
 * io.thalweg.replication.node.ReplicationListener}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything here is confined to one thread, the replication loop: every method is called there, every port's future
 *       completes there, every listener is told there.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A replica gets no event while a promise, an append or a truncation that it asked for is on its way to the disk; but a leader
 * can resign while an append of its own is.
 *
 * <h2>Failure</h2>
 * A replica that breaks a rule or whose disk fails goes offline alone; the others go on.
 */
@NullMarked
package io.thalweg.replication.node;

import org.jspecify.annotations.NullMarked;
