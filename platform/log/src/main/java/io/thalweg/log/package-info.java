/**
 * The segmented log of one partition, and the directory that holds many and commits them as a group.
 *
 * <h2>Place</h2>
 * Above {@code environment}; below {@code coordination} and {@code broker}. Knows nothing of Vert.x, Hazelcast or the
 * network. Record batches are Kafka's, magic 2, verbatim.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link RecordSlices} belongs to whoever received it.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * {@code logStartOffset <= recoveryPoint <= logEndOffset} and {@code highWatermark <= logEndOffset}.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.log.error.ThalwegException}: the caller's input; nothing changed. {@link java.io.IOException}: the
 * log directory is failed and every partition on it goes offline.
 */
@NullMarked
package io.thalweg.log;

import org.jspecify.annotations.NullMarked;
