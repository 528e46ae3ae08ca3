/**
 * The one port that every door and the in-process client call.
 *
 * <h2>Place</h2>
 * Implemented by {@code io.thalweg.broker}; the only broker package that {@code gateway} and {@code client} may use.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link BrokerApi} may be called from any Vert.x context; futures complete on the caller's context.</li>
 *   <li>Appends handed in by one thread for one partition are appended in the order of the calls, so a door may
 *       pipeline them.</li>
 *   <li>{@link ClusterView} is an immutable snapshot; reading it is free.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Buffers given to {@link BrokerApi#append} stay the caller's but must not change until its future completed. A
 * {@link FetchResult} is closed exactly once by whoever received it.
 *
 * <h2>Failure</h2>
 * Futures fail with {@link io.thalweg.log.error.ThalwegException}; anything else is a defect.
 */
@NullMarked
package io.thalweg.broker.api;

import org.jspecify.annotations.NullMarked;
