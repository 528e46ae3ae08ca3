/**
 * Kafka Connect's REST interface under {@code /connect}.
 *
 * <h2>Place</h2>
 * Above the herder; mounted by the launcher into the HTTP door.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Routes run on the event loops of the door; they share nothing but the herder, which may be called from any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Answers are Kafka Connect's to the letter; bodies are bounded.
 *
 * <h2>Failure</h2>
 * {@code {"error_code", "message"}} with the status that Kafka Connect answers.
 */
@NullMarked
package io.thalweg.connectors.runtime.rest;

import org.jspecify.annotations.NullMarked;
