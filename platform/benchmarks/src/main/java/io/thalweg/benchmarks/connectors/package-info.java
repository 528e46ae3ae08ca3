/**
 * How fast one task of a connector moves records.
 *
 * <h2>Place</h2>
 * A program of its own ({@code platform/benchmarks/connectors}); never on a production class path.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>One thread, beside the node's process.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * The node has its defaults; time runs from the connector's creation to the last record in the topic, or durable in a file.
 *
 * <h2>Failure</h2>
 * A connector that is refused, fails or stands still ends the run, with its status.
 */
@NullMarked
package io.thalweg.benchmarks.connectors;

import org.jspecify.annotations.NullMarked;
