/**
 * Everything that is not deterministic, as ports: time, timers, files and randomness.
 *
 * <h2>Place</h2>
 * The lowest module: JDK only, and everything in the engine ({@code log}, {@code coordination}, {@code broker})
 * reaches the outside world through it, so that a seed and a fake of these ports replay any failure.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>The system implementations may be used from any thread.</li>
 *   <li>{@link FileSystem} and {@link FileHandle} block; never call them on an event loop.</li>
 *   <li>A {@link Timers} task runs on the thread that its implementation documents, one at a time for each scheduler.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * {@link Clock#monotonicNanos()} never goes back. A write that returned may be lost by a power cut until
 * {@link FileHandle#force(boolean)} on the same file returned, and a create, rename or delete until
 * {@link FileSystem#syncDirectory} on its parent did.
 *
 * <h2>Failure</h2>
 * {@link java.io.IOException}: the caller decides; a failed force is never retried as a success.
 */
@NullMarked
package io.thalweg.environment;

import org.jspecify.annotations.NullMarked;
