/**
 * The staging memory: appended batches on their way to the disk, and the hot tail that readers are served from. Both
 * are the same bytes.
 *
 * <h2>Place</h2>
 * Below {@code LogDirectory}, which writes; above nothing but {@code log.record}. A batch is copied once, into a
 * {@link Chunk}; the journal, the segment and the reader all get slices of it.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Staging} and the filling of a {@link Chunk} belong to the writer.</li>
 *   <li>{@link Tail} may be used from any thread; its lock is held for a search and a few reference counts.</li>
 *   <li>{@link Chunk#retain()} and {@link Chunk#release()} may be called from any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A chunk whose count reached 0 is never read again: {@link Chunk#retain()} refuses it. The ring holds at most the
 * node's tail budget; beyond it the oldest chunk leaves every tail. Offsets in a tail increase and have no holes that
 * the log does not have.
 *
 * <h2>Failure</h2>
 * None: what is not here is on the disk.
 */
@NullMarked
package io.thalweg.log.tail;

import org.jspecify.annotations.NullMarked;
