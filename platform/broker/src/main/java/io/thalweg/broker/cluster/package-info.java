/**
 * A broker among others: how it is let in, what it knows of the cluster, how it reaches the controller, and what it does when it
 * is the controller.
 *
 * <h2>Place</h2>
 * Above {@code replica}, {@code metadata} and {@code peer}; the broker puts it together.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Two contexts: the replication loop, which must not block, and the metadata context, which may.</li>
 *   <li>{@link io.thalweg.broker.cluster.ReplicatedMetadata}, the topology and the controller's parts are confined to the metadata
 *       context; what they publish is read from any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Metadata is applied when it is committed, in order, by the same code on every node. Nothing is dropped, and no replica begun,
 * before the metadata that this node has applied is as new as its own registration.
 *
 * <h2>Failure</h2>
 * NOT_CONTROLLER while nobody leads the metadata: ask again. Membership and ownership are views: when they are wrong something is
 * late, nothing is lost.
 */
@NullMarked
package io.thalweg.broker.cluster;

import org.jspecify.annotations.NullMarked;
