/**
 * What a log remembers of its producers: the last batches of each idempotent one, and the transactions that are open.
 *
 * <h2>Place</h2>
 * Above {@code log.record}; below {@code PartitionLog}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link ProducerEntry} is immutable.</li>
 *   <li>{@link ProducerStates} and {@link OpenTransactions} are used under their log's lock.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * At most {@value io.thalweg.log.producer.ProducerEntry#BATCHES_MAX} batches for each producer, in sequence. The state
 * is a function of the log: a snapshot only shortens reading it, and is rebuilt when it is missing or damaged.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.log.error.ThalwegException}: the batch is refused and the state is as before.
 */
@NullMarked
package io.thalweg.log.producer;

import org.jspecify.annotations.NullMarked;
