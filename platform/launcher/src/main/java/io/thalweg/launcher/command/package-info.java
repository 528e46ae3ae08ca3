/**
 * The command line: one class for each command.
 *
 * <h2>Place</h2>
 * Above {@code node} and {@code config}. Commands that look into a node use its public HTTP API and nothing else.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Commands run on the main thread and may block.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Data goes to standard output, as a table or, with {@code --output json}, as JSON; everything else to standard error.
 *
 * <h2>Failure</h2>
 * {@link CommandFailure}: one line why and exit code 1. Wrong usage: picocli's message and exit code 2.
 */
@NullMarked
package io.thalweg.launcher.command;

import org.jspecify.annotations.NullMarked;
