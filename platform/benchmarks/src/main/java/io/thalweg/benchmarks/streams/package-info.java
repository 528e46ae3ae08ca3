/**
 * Stream tasks beside Kafka Streams' on the same topologies.
 *
 * <h2>Place</h2>
 * A program of its own ({@code platform/benchmarks/compare-streams}); never on a production class path.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>One thread, one task, no network: what is measured is the work of a task.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Both sides get the same byte arrays in the same order and hand over every output and every change of their stores; both must
 * hand over the same numbers of them. They take turns; each turn has new tasks on a warm JVM.
 *
 * <h2>Failure</h2>
 * Different counts end the run.
 */
@NullMarked
package io.thalweg.benchmarks.streams;

import org.jspecify.annotations.NullMarked;
