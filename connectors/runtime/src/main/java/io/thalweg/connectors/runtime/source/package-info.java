/**
 * Runs source tasks: poll, convert, append, remember the position; and goes on exactly where the log ends.
 *
 * <h2>Place</h2>
 * Above {@code task}, {@code convert} and {@code store}; below the herder.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything of a task is confined to its runner's context.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A stored position has all records before it in the log. Beside it stand the producer's sequences at that place, so that
 * after a crash the log itself tells how many of the records after it are there: those are skipped, the next is appended.
 * The routing of a record is a function of the record and the stored state alone.
 *
 * <h2>Failure</h2>
 * Appends that fail are settled by asking the log what it has, and sent again until the delivery timeout; then the task
 * fails, and starts again from its stored position.
 */
@NullMarked
package io.thalweg.connectors.runtime.source;

import org.jspecify.annotations.NullMarked;
