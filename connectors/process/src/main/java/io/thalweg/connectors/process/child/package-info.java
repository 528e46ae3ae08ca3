/**
 * One supervised child process: started, fed, read by lines, watched, and ended with everything that it started.
 *
 * <h2>Place</h2>
 * The JDK and SLF4J alone; knows neither connectors nor messages.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Each child has three threads of its own: one starts it, reads its stdout and reports its end; one writes its stdin;
 *       one reads its stderr. They may block, and end with the child.
 *   <li>{@link io.thalweg.connectors.process.child.ChildListener} is called on the first of them, in order.
 *   <li>{@link io.thalweg.connectors.process.child.ChildProcess#send} never blocks;
 *       {@link io.thalweg.connectors.process.child.ChildProcess#terminate} does, and belongs on a worker.
 * </ol>
 *
 * <h2>Invariants</h2>
 * A child that was started is reaped, and its process group is gone, before its end is reported; where the system has
 * setpriv, it also dies with the node that started it. What is kept of its output is bounded: one line, the last lines of
 * stderr.
 *
 * <h2>Failure</h2>
 * A child that cannot be started, exits, or writes a line beyond the bound is reported once, as a
 * {@link io.thalweg.connectors.process.child.ChildExit}.
 */
@NullMarked
package io.thalweg.connectors.process.child;

import org.jspecify.annotations.NullMarked;
