/**
 * Who is here and who owns what: the ports through which a node knows the other nodes of its cluster.
 *
 * <h2>Place</h2>
 * Above {@code environment} alone. Implemented by {@link io.thalweg.cluster.hazelcast}; used by the broker and the launcher.
 * Everything here is a view: who leads a partition is decided by the replicas' logs, never by what is read here.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Reads may be called from any thread, answer from memory and never block.</li>
 *   <li>A listener is told on the executor that it was registered with, one event at a time and in order.</li>
 *   <li>{@link OwnershipMap#publish} and {@link OwnershipMap#withdraw} may be called from any thread and never block.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * One member for each broker id. Of two entries for a partition, the one of the greater leader epoch is shown, always.
 *
 * <h2>Failure</h2>
 * A view may be late, or of one side of a split, for as long as the network is broken. It never costs a record.
 */
@NullMarked
package io.thalweg.cluster;

import org.jspecify.annotations.NullMarked;
