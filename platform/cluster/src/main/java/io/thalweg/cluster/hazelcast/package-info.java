/**
 * Membership and the ownership view over one Hazelcast member, which Vert.x's clustered event bus shares.
 *
 * <h2>Place</h2>
 * The only package that imports {@code com.hazelcast}; implements the ports of {@link io.thalweg.cluster}. Started by the
 * launcher as the cluster manager of its Vert.x, and closed with that.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything public may be called from any thread and does not block.</li>
 *   <li>One thread of its own makes every call to Hazelcast that may block. Hazelcast's event threads only pass on.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A broker id is in the view once. While membership is made anew the view stands still.
 *
 * <h2>Failure</h2>
 * {@link ClusterJoinException}: the node may not take part; it must not start. Later failures are logged and tried again:
 * the views are late meanwhile.
 */
@NullMarked
package io.thalweg.cluster.hazelcast;

import org.jspecify.annotations.NullMarked;
