/**
 * Three nodes of the real {@code thalweg.jar} as processes, and the faults that a cluster must outlive (scenarios of the
 * reliability plan that are marked C).
 *
 * <h2>Place</h2>
 * Tests only, over {@code system.node}, {@code system.history} and the load of {@code system.fault}. Knows the command line,
 * the HTTP interface, the Kafka door and the documented files, nothing else.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A {@link ClusterProcesses} is used by one thread at a time.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Each test proves that its fault took effect, prints its figures, asserts safety alone: nothing acknowledged or read is
 * lost, doubled or reordered, replicas do not diverge. How long a fault may stop a partition is for the benchmarks to judge.
 *
 * <h2>Failure</h2>
 * A cluster that does not settle in time fails the test with what each node says and with the end of its output.
 */
@NullMarked
package io.thalweg.system.cluster;

import org.jspecify.annotations.NullMarked;
