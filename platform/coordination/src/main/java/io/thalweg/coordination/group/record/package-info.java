/**
 * The records of {@code __consumer_offsets}, byte for byte as Apache Kafka writes them, so that its tools read ours and
 * ours read its.
 *
 * <h2>Place</h2>
 * Below {@code coordination.group}. Schemas: OffsetCommitKey 1, OffsetCommitValue 3 (1 with an expiry of its own),
 * GroupMetadataKey 2, GroupMetadataValue 3, of Kafka 4.3; the flexible version 4 of both values is read as well.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Stateless; values are immutable.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * What is encoded decodes to an equal value.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.coordination.group.record.MalformedRecordException}: the bytes are not a record of a version that
 * is known; the reader skips the record and says so.
 */
@NullMarked
package io.thalweg.coordination.group.record;

import org.jspecify.annotations.NullMarked;
