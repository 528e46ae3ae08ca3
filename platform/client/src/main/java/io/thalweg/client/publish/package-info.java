/**
 * The producer: records are gathered for each partition while earlier batches are under way.
 *
 * <h2>Place</h2>
 * Behind {@link io.thalweg.client.Producer}; nobody else uses it.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link LocalProducer} may be called from any thread. All other state is confined to the producer's owner context,
 *       an event loop; calls from elsewhere hop to it.</li>
 *   <li>Futures complete on the context of whoever called.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Batches of a partition are numbered in the order in which their records were accepted, and none is sent while an
 * earlier one that failed has not been settled. A batch keeps its sequences until it is known not to have been appended.
 *
 * <h2>Failure</h2>
 * Retriable errors are retried with the same sequences until the delivery timeout; what was sequenced behind a batch that
 * was refused gets a new epoch (as KIP-360 does).
 */
@NullMarked
package io.thalweg.client.publish;

import org.jspecify.annotations.NullMarked;
