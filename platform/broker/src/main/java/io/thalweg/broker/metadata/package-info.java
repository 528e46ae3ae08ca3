/**
 * The cluster's metadata as a replicated state machine on the partition {@code __metadata}.
 *
 * <h2>Place</h2>
 * Above {@code log} and {@code topic}; the broker applies what is decided here to its partitions. The leader of the
 * metadata partition is the controller; on a node that stands alone that is this node, always.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.broker.metadata.MetadataImage} and the records are immutable.</li>
 *   <li>{@link io.thalweg.broker.metadata.Controller} decides and applies on its own context, one command after the
 *       other, and may be called from any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A command is decided against the state that all commands before it leave, becomes records, and is applied and answered
 * only when they are committed. Replaying the partition gives the same state. Each record holds the whole state of its
 * key, so that the partition may be compacted by key.
 *
 * <h2>Failure</h2>
 * A command that is refused fails alone. A failed append fails every command that was decided together with it and
 * nothing is applied. Records of an unknown type or a newer version stop the node before it serves.
 */
@NullMarked
package io.thalweg.broker.metadata;

import org.jspecify.annotations.NullMarked;
