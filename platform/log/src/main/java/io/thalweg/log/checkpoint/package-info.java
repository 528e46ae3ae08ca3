/**
 * What a log directory says about itself and its logs, so that start needs not read them.
 *
 * <h2>Place</h2>
 * Below {@code LogDirectory}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Everything is immutable or stateless; whoever writes a file does so alone.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Every file ends in a checksum of what precedes it. A checkpoint never claims more than is durable in segments or
 * journal.
 *
 * <h2>Failure</h2>
 * A checkpoint that is missing or damaged costs time, not data: the logs are then read from their beginning.
 * {@code meta.properties} of a newer version or of another owner refuses the start before a byte is written.
 */
@NullMarked
package io.thalweg.log.checkpoint;

import org.jspecify.annotations.NullMarked;
