/**
 * What each Kafka API does: one small class for each, from the generated request to the broker's port and back.
 *
 * <h2>Place</h2>
 * Called by the connection; calls {@code broker.api}. Knows no bytes, sockets or order of responses.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A handler is shared by all connections of the door and called from their event loops.</li>
 *   <li>Handlers keep no state, except {@link FetchSessions}, which locks for itself.</li>
 *   <li>A reply's future completes on the event loop that called.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What {@link ApiTable} advertises, a handler answers, in every version of the range.
 *
 * <h2>Failure</h2>
 * Expected failures become Kafka's error codes in the response. A failed future is a defect or a failure of the whole
 * request, and is answered with the error response of that API.
 */
@NullMarked
package io.thalweg.gateway.kafka.handler;

import org.jspecify.annotations.NullMarked;
