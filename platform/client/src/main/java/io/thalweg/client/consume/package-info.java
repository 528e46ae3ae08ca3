/**
 * The consumer: fetches ahead of its handler within a bound, decodes batch by batch, and gives records out on demand.
 *
 * <h2>Place</h2>
 * Behind {@link io.thalweg.client.Consumer}; uses {@code membership} for groups.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is confined to the context that created the consumer. {@link LocalConsumer}'s methods that return a
 *       future, and those that hold back or let go, may be called from elsewhere and hop to it.</li>
 *   <li>Regions of files are read on a worker; nothing else leaves the context.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A partition's records are given out in offset order, none twice, unless the position is moved. What a fetch brings for
 * a position that was moved meanwhile is dropped. Undecoded bytes held are at most the configured buffer and one batch.
 *
 * <h2>Failure</h2>
 * Retriable errors of a partition pause that partition for a moment. What does not heal is given to the exception
 * handler, and the partition stands still until it is moved.
 */
@NullMarked
package io.thalweg.client.consume;

import org.jspecify.annotations.NullMarked;
