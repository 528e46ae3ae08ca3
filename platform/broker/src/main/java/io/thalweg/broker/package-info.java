/**
 * One broker node, alone or one of a cluster: what starts it, what it is configured with, and the {@link
 * io.thalweg.broker.api.BrokerApi} that it offers.
 *
 * <h2>Place</h2>
 * Above {@code log} and {@code coordination}; below the doors, which see {@code broker.api} alone, and the launcher.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Broker} may be used from any thread; futures complete on the caller's context.</li>
 *   <li>Appends of all partitions are committed by one log-writer thread, in the order in which they were handed in.</li>
 *   <li>Files are read by a bounded pool; nothing here blocks an event loop.</li>
 *   <li>In a cluster one event loop replicates all partitions of the node; see {@code replica} and {@code cluster}.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * An append completes successfully only after the log directory called its group durable and, where it asked for that, after a
 * majority of the replicas had it so; a metadata change only after its record was committed.
 *
 * <h2>Failure</h2>
 * Requests fail with {@link io.thalweg.log.error.ThalwegException}. A failed disk takes the node's log offline:
 * {@link Broker#ready()} turns false, appends fail with KAFKA_STORAGE_ERROR, reads go on as far as they can.
 */
@NullMarked
package io.thalweg.broker;

import org.jspecify.annotations.NullMarked;
