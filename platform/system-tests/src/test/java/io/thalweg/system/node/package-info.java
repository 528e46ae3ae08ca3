/**
 * The real {@code thalweg.jar} as a process: started, killed, started again.
 *
 * <h2>Place</h2>
 * Used by the fault tests. Knows the command line and the ports file of the outside contract, nothing else.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A {@link NodeProcess} is used by one thread at a time.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Everything binds to loopback, or to a network that the test made; the first start takes free ports, a restart takes the same ones again.
 *
 * <h2>Failure</h2>
 * A node that is not ready in time fails the test with the end of its output.
 */
@NullMarked
package io.thalweg.system.node;

import org.jspecify.annotations.NullMarked;
