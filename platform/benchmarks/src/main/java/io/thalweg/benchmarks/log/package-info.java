/**
 * JMH benchmarks of the log alone: no network, no broker.
 *
 * <h2>Place</h2>
 * Beside the end-to-end benchmarks; run as {@code platform/benchmarks/README.md} says.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>Each benchmark has one thread, as the log has one writer.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A benchmark fails rather than measure appends that were refused.
 *
 * <h2>Failure</h2>
 * An exception ends the run.
 */
@NullMarked
package io.thalweg.benchmarks.log;

import org.jspecify.annotations.NullMarked;
