/**
 * Producer and Consumer for verticles, connectors, streams and the JSON doors; in process, over BrokerApi.
 *
 * <h2>Place</h2>
 * Above {@code broker.api} and {@code log.record}; below connectors, streams and the HTTP and event-bus doors.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Producer} may be used from any context; futures complete on the caller's.</li>
 *   <li>{@link Consumer} is confined to the context that created it.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Records that one context sends to one partition are appended in that order.
 *
 * <h2>Failure</h2>
 * Futures fail with {@link io.thalweg.log.error.ThalwegException}. Retriable errors were retried within the configured
 * limits before.
 */
@NullMarked
package io.thalweg.client;

import org.jspecify.annotations.NullMarked;
