/**
 * Process connectors with a real node, real children and kill -9.
 *
 * <h2>Place</h2>
 * Starts {@code thalweg.jar} as a process, with the connectors of {@code conf/examples/process} and one of its own.
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
 * An assertion carries what the node printed. A test whose interpreter is absent is skipped and says so.
 */
@NullMarked
package io.thalweg.system.process;

import org.jspecify.annotations.NullMarked;
