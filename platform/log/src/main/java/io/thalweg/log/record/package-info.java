/**
 * Record batches (Kafka's magic 2): their header, validation of what clients send, building and reading.
 *
 * <h2>Place</h2>
 * Above {@code log.error}; below {@code log} and every door. The only package that imports kafka-clients' record and
 * compression classes, which move between Kafka's versions.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link BatchValidator} and {@link RecordReader} are stateless and never block: they run on event loops. Their
 *       cost is bounded by the size of the input and by the limit on inflated bytes.</li>
 *   <li>{@link BatchBuilder} is confined to its user. Values are immutable.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A buffer that a caller passes keeps its position, limit and content. What a {@link ValidatedBatches} holds has a right
 * checksum, consecutive offset deltas that start at 0, and as many records as its header says.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.log.error.ThalwegException}: the bytes are not acceptable; the code is the one Kafka gives. Nothing
 * else is thrown, whatever the bytes are.
 */
@NullMarked
package io.thalweg.log.record;

import org.jspecify.annotations.NullMarked;
