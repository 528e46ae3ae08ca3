/**
 * The {@code thalweg} command as users run it: the jar as a process, its exit codes, what it prints and refuses.
 *
 * <h2>Place</h2>
 * Uses {@code system.node} and the public HTTP API.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Tests block; each process is ended by its test.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Ports are free ones of loopback, data is below the test's own directory.
 *
 * <h2>Failure</h2>
 * What the process printed is part of an assertion's message.
 */
@NullMarked
package io.thalweg.system.command;

import org.jspecify.annotations.NullMarked;
