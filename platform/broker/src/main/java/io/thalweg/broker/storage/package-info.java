/**
 * The threads between Vert.x and the log: one that appends, a pool that reads, one that maintains.
 *
 * <h2>Place</h2>
 * Above {@code log}; below {@code partition} and the broker. Knows partitions only as what is told of a commit.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.broker.storage.LogWriter} takes work from any thread without locks and runs it on its own, in
 *       the order in which it came.</li>
 *   <li>{@link io.thalweg.broker.storage.StoragePool} runs what blocks and answers on the caller's context.</li>
 *   <li>A {@link io.thalweg.broker.storage.Delivery} runs on its context's thread; all that one group has for one event
 *       loop is one task there.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What was handed in is answered exactly once. Bytes in flight are bounded before they are queued, and given back when
 * the answer is delivered. The writer never parks while something is queued.
 *
 * <h2>Failure</h2>
 * An append's failure is its own. An exception out of the log directory is a defect: everything not done fails with
 * KAFKA_STORAGE_ERROR, and so does everything later.
 */
@NullMarked
package io.thalweg.broker.storage;

import org.jspecify.annotations.NullMarked;
