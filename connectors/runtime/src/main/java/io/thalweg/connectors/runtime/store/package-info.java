/**
 * Configurations, positions and states in compacted internal topics, read back at start.
 *
 * <h2>Place</h2>
 * Above the client; below herder and tasks. Keys and values are Kafka Connect's.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.connectors.runtime.store.CompactedTopic} and the stores over it may be used from any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What a store answers is in the log: memory follows the acknowledgement. Writes of one key keep their order. With a
 * {@link io.thalweg.connectors.runtime.store.SeatClaim} nobody else writes: the log refuses whoever claimed before.
 *
 * <h2>Failure</h2>
 * A write that fails changes nothing in memory. {@link io.thalweg.connectors.runtime.store.FencedException}: somebody else
 * has claimed since; what this node knows is old. A record that cannot be read is reported, and skipped.
 */
@NullMarked
package io.thalweg.connectors.runtime.store;

import org.jspecify.annotations.NullMarked;
