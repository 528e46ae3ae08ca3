/**
 * What each connector and each of its tasks should be doing, and making it so.
 *
 * <h2>Place</h2>
 * Above the stores and tasks; below the REST routes and the directory of configurations.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.connectors.runtime.herder.ConnectorPlan} is an immutable value: state and event in, state and
 *       effects out.</li>
 *   <li>{@link io.thalweg.connectors.runtime.herder.Tasks} say where tasks run: on this node, or spread over a cluster.</li>
 *   <li>{@link io.thalweg.connectors.runtime.herder.Herder} is confined to its context and carries effects out; its methods
 *       may be called from any thread.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * At most one instance of a task exists at a time: the next one starts when the last one has said that it stopped. Instances
 * of two configurations of a connector never exist at once.
 *
 * <h2>Failure</h2>
 * A task that fails is FAILED with its trace until somebody restarts it; the others go on. One that ends for its node's sake
 * ({@link io.thalweg.connectors.runtime.herder.TaskMovedException}) is no failure: it is made anew.
 */
@NullMarked
package io.thalweg.connectors.runtime.herder;

import org.jspecify.annotations.NullMarked;
