/**
 * A consumer's membership in a group: Kafka's classic protocol with Kafka's own bytes and assignors, so that Kafka
 * clients may share the group.
 *
 * <h2>Place</h2>
 * Below {@code consume}, which lends it the context and hears of revoked and assigned partitions.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is confined to the consumer's context.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Partitions are revoked, and what was read of them committed, before the member joins again. A commit carries the
 * generation in which its partitions were owned. An answer that belongs to an earlier attempt changes nothing.
 *
 * <h2>Failure</h2>
 * Retriable errors are retried with a growing pause; what cannot heal ends the membership and is told to the listener.
 */
@NullMarked
package io.thalweg.client.membership;

import org.jspecify.annotations.NullMarked;
