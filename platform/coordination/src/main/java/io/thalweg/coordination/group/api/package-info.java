/**
 * What doors and clients ask of consumer groups: Kafka's classic group protocol and committed offsets, as plain records.
 *
 * <h2>Place</h2>
 * Used by every door and by the client; implemented by the group coordinator in this module and offered by the broker.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Messages are immutable; byte arrays in them are never changed after construction.</li>
 *   <li>{@link GroupsApi} may be called from any thread; its futures complete on the caller's context.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * None beyond each record's own.
 *
 * <h2>Failure</h2>
 * Every future fails with {@link io.thalweg.log.error.ThalwegException} and Kafka's code.
 */
@NullMarked
package io.thalweg.coordination.group.api;

import org.jspecify.annotations.NullMarked;
