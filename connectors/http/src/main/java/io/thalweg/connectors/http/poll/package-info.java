/**
 * Answers as records: what to ask, what of the answer is new, and where the next question begins.
 *
 * <h2>Place</h2>
 * {@link io.thalweg.connectors.http.poll.HttpSourceTask} is the outside. It asks with the {@link HttpPosition} it stands at;
 * {@link Page} is what an answer holds.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is confined to the task's context, an event loop; answers are parsed on a worker thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * One request is under way at a time, and one page is held. A position is stored with the last record of its page, so that a
 * page that was cut off by a crash is asked for again; ids that were published are told apart within the window.
 *
 * <h2>Failure</h2>
 * A failed request, 429 and 5xx are asked again after a growing wait, and logged. Any other status, an answer that is no
 * JSON or too long, and a URL that is not allowed fail the task.
 */
@NullMarked
package io.thalweg.connectors.http.poll;

import org.jspecify.annotations.NullMarked;
