/**
 * Users' verticles: isolated, listed, restarted; and the examples of docs/VERTICLES.md, compiled and run.
 *
 * <h2>Place</h2>
 * Starts {@code thalweg.jar} as a process, and javac.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>One test thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Nothing is left running.
 *
 * <h2>Failure</h2>
 * An assertion carries what the node printed.
 */
@NullMarked
package io.thalweg.system.verticle;

import org.jspecify.annotations.NullMarked;
