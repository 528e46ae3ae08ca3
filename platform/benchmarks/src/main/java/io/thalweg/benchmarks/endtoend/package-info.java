/**
 * Thalweg beside Apache Kafka in one run: the same clients, the same machine, in turn.
 *
 * <h2>Place</h2>
 * A program of its own ({@code platform/benchmarks/compare}); never on a production class path. It starts each broker as
 * a process and drives it with Kafka's own ProducerPerformance and ConsumerPerformance, and with two clients of its own
 * where those measure too coarsely (latencies below a millisecond) or not at all (first append into many partitions).
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>One cell runs at a time, against one broker; the others are idle meanwhile.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A cell's CPU is the user and system time of the broker's process alone, read from /proc before and after.
 *
 * <h2>Failure</h2>
 * A cell that fails is reported as failed with the client's output; the run goes on with the next one.
 */
@NullMarked
package io.thalweg.benchmarks.endtoend;

import org.jspecify.annotations.NullMarked;
