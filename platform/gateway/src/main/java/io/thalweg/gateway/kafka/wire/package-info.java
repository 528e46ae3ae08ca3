/**
 * Kafka's bytes: frames out of a socket, messages out of frames, responses into a socket without copying records.
 *
 * <h2>Place</h2>
 * Below the connection and the handlers of the Kafka door. The only package of the doors that touches Kafka's record
 * classes, because the generated messages carry them in their signatures.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything belongs to the event loop of one connection, except {@link RequestBudget}, which all share.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A frame's length is checked before memory is taken for it, and memory is taken only in proportion to what arrived. An
 * array's count is checked against what the rest of the frame can hold before the array is made. Memory parts and file
 * regions of a response leave in the order in which they were written.
 *
 * <h2>Failure</h2>
 * {@link MalformedRequestException}: the connection is closed. It says what was found and never carries the bytes.
 */
@NullMarked
package io.thalweg.gateway.kafka.wire;

import org.jspecify.annotations.NullMarked;
