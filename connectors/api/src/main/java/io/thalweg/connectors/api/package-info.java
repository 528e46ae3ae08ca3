/**
 * What a connector implements and what it is given: plugins, tasks, records, positions.
 *
 * <h2>Place</h2>
 * Vert.x core alone. A connector depends on this package; {@code connectors/runtime} runs what implements it. Plugins are
 * found by {@link java.util.ServiceLoader}: name them in {@code META-INF/services/io.thalweg.connectors.api.ConnectorPlugin}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A task is confined to the context that its {@code start} was called on; every call to it comes on that context.</li>
 *   <li>At most one {@code poll}, or one of {@code put} and {@code flush}, is under way for a task at a time; a
 *       {@code stop} comes while one is if that does not end in time.</li>
 *   <li>A task that blocks says so ({@link io.thalweg.connectors.api.ConnectorPlugin#blocking}) and gets a worker context.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Back-pressure is by credits: the runtime asks for at most so many records and bytes, and asks again when it has room;
 * a sink is handed the next records when the last ones were taken.
 *
 * <h2>Failure</h2>
 * A future that fails with {@link io.thalweg.connectors.api.RetriableException} is tried again with a growing delay; any
 * other failure fails the task, whose status then carries the trace until it is restarted.
 */
@NullMarked
package io.thalweg.connectors.api;

import org.jspecify.annotations.NullMarked;
