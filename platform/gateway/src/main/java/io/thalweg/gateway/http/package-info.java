/**
 * The HTTP door: REST, server-sent events and WebSocket over {@link io.thalweg.broker.api.BrokerApi} and the client.
 *
 * <h2>Place</h2>
 * Beside the other doors; knows {@code broker.api}, {@code coordination.group.api}, {@code client}, {@code log.error},
 * {@code log.record}. What a record looks like as JSON is decided in {@link io.thalweg.gateway.json}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>One {@link io.thalweg.gateway.http.HttpDoorVerticle} for each event loop, each with its own routes and producer.
 *   <li>A request, a stream and a socket are confined to the event loop of their connection.
 *   <li>{@link io.thalweg.gateway.http.HttpGateway} and its metrics may be used from any thread.
 * </ol>
 *
 * <h2>Invariants</h2>
 * A 200 for a publish means that the record is as durable as the node promises. Nothing that a client controls grows
 * without a bound: bodies, lines, frames, connections and what waits for a slow reader each have a limit in
 * {@link io.thalweg.gateway.http.HttpGatewayConfig}.
 *
 * <h2>Failure</h2>
 * Every failure is answered with RFC 9457 {@code application/problem+json}; nothing of a stack trace leaves the node.
 */
@NullMarked
package io.thalweg.gateway.http;

import org.jspecify.annotations.NullMarked;
