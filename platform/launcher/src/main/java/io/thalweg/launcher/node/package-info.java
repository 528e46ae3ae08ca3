/**
 * One node, assembled: environment, Vert.x, broker, client, doors, metrics, users' verticles; started and stopped in order.
 *
 * <h2>Place</h2>
 * Above every module of the platform; below {@code command} and {@code demo}. No logic of a broker or a door is here.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Node} may be used from any thread; its futures complete on a Vert.x context.</li>
 *   <li>{@link NodeMetrics#get()} runs on the event loop that serves the scrape and reads counters only.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * A door opens after what it serves is ready, and closes before it. A node that failed to start has released its port and
 * its data directory.
 *
 * <h2>Failure</h2>
 * {@link Node#start} fails with the first cause. A user's verticle that fails is logged and leaves the node running.
 */
@NullMarked
package io.thalweg.launcher.node;

import org.jspecify.annotations.NullMarked;
