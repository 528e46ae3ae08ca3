/**
 * The event-bus door: the Vert.x TCP bridge's wire format on a socket, SockJS under {@code /eventbus}, and the same
 * addresses on the Vert.x event bus itself.
 *
 * <h2>Place</h2>
 * Above {@code broker.api} and {@code client}. Knows nothing of the log.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link EventBusGateway} may be used from any thread.</li>
 *   <li>A connection and all of its subscriptions are confined to the connection's context.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Only the addresses of the contract are reachable. What is held for a client is bounded by the configuration.
 *
 * <h2>Failure</h2>
 * A message that asks for a reply is answered with Kafka's error code as {@code failureCode}. What is not a frame
 * closes the connection.
 */
@NullMarked
package io.thalweg.gateway.eventbus;

import org.jspecify.annotations.NullMarked;
