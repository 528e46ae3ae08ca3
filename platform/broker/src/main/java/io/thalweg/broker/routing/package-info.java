/**
 * The whole cluster behind one {@code BrokerApi}: for doors whose clients know one node only.
 *
 * <h2>Place</h2>
 * Above {@code api}, {@code peer} and the local implementation; below the doors, which do not see it.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.broker.routing.RoutingBrokerApi} may be called from any Vert.x context; futures complete there.</li>
 *   <li>{@link io.thalweg.broker.routing.ForwardedCalls} runs on the peer transport's context and copies files on the storage pool.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * One hop: who is asked answers itself or refuses. Appends of one partition keep their order over changes of leaders. An append
 * that may be in a log already is sent again only if its producer has an identity.
 *
 * <h2>Failure</h2>
 * What the other broker fails with, as it was there. LEADER_NOT_AVAILABLE, REQUEST_TIMED_OUT, NETWORK_EXCEPTION when nobody
 * answered within the deadline.
 */
@NullMarked
package io.thalweg.broker.routing;

import org.jspecify.annotations.NullMarked;
