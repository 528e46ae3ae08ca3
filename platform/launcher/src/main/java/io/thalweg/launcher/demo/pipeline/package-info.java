/**
 * The demo's pipeline: files, connectors, a stream application, files again.
 *
 * <h2>Place</h2>
 * In {@code demo}; configures connectors over HTTP, as anybody would, and starts its stream on the node's Vert.x.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.launcher.demo.pipeline.DemoPipeline} blocks the thread that calls it.</li>
 *   <li>{@link io.thalweg.launcher.demo.pipeline.AirportDelays} is called by stream tasks on their event loops.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Killed at any moment and run again on the same data directory, it ends with the same result: sources and sink resume
 * exactly, and the stream's aggregate does not change when a flight comes again.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.launcher.demo.DemoFailure} names the step that was not done in time.
 */
@NullMarked
package io.thalweg.launcher.demo.pipeline;

import org.jspecify.annotations.NullMarked;
