/**
 * Faults at process level against the real jar, judged by the history checker.
 *
 * <h2>Place</h2>
 * Tests only. Short ones run in every build; heavy ones are tagged {@code heavy} and run with {@code mvn verify -Pheavy}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Each test has a node of its own; load runs on threads of its own and is joined before the verdict.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A run whose fault did not take effect fails: it proves nothing.
 *
 * <h2>Failure</h2>
 * The verdict names the anomalies with examples; the node's output is in the test's directory.
 */
@NullMarked
package io.thalweg.system.fault;

import org.jspecify.annotations.NullMarked;
