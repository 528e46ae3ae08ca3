/**
 * What publishing over HTTP costs beside a handler that does nothing.
 *
 * <h2>Place</h2>
 * A program of its own ({@code platform/benchmarks/compare-http}); never on a production class path.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>The load comes from one event loop with a fixed number of keep-alive connections, one request in flight on
 *       each.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Both servers are processes of their own and get the same bytes; they take turns.
 *
 * <h2>Failure</h2>
 * An answer other than 200 ends the run.
 */
@NullMarked
package io.thalweg.benchmarks.http;

import org.jspecify.annotations.NullMarked;
