/**
 * The door for Kafka clients: sockets, frames, the order of responses, and one handler for each API.
 *
 * <h2>Place</h2>
 * Above {@code broker.api}, which does the work; nothing else of the broker is known here.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link KafkaGateway} and {@link KafkaGatewayMetrics} may be used from any thread.</li>
 *   <li>A connection belongs to one event loop for its life; everything that it does happens there.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Responses leave in the order of their requests. Appends of one connection are handed to the broker in the order in
 * which they arrived.
 *
 * <h2>Failure</h2>
 * What a client sends wrongly is answered with Kafka's error or closes that connection, and only that.
 */
@NullMarked
package io.thalweg.gateway.kafka;

import org.jspecify.annotations.NullMarked;
