/**
 * Fakes of the environment ports, and seeds, for tests of every module.
 *
 * <h2>Place</h2>
 * Above {@code environment}; test scope everywhere.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link InMemoryFileSystem}, {@link ManualClock} and {@link ManualTimers} may be used from any thread.</li>
 *   <li>Tasks of {@link ManualTimers} run on the thread that calls {@link ManualTimers#advance}.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * The same seed and the same calls give the same result. What was forced, in a directory entry that was synced, survives
 * every {@link InMemoryFileSystem#crash}.
 *
 * <h2>Failure</h2>
 * {@link java.io.IOException} where a test asked for one, or where a real disk would give one.
 */
@NullMarked
package io.thalweg.testkit;

import org.jspecify.annotations.NullMarked;
