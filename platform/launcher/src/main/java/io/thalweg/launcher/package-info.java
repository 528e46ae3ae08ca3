/**
 * The {@code thalweg} command's entry point.
 *
 * <h2>Place</h2>
 * Above everything: {@code config} reads settings, {@code node} assembles a node, {@code command} is the command line,
 * {@code demo} shows it on real data.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Main} runs on the process's main thread, which may block.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Exit codes: 0 done, 1 failed with one line why on standard error, 2 wrong usage.
 *
 * <h2>Failure</h2>
 * An {@link OutOfMemoryError} ends the process: a broker that lost a thread must not go on acknowledging.
 */
@NullMarked
package io.thalweg.launcher;

import org.jspecify.annotations.NullMarked;
