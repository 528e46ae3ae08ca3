/**
 * Runs stream applications: tasks on event loops, state restored from changelogs, work shared through a consumer group.
 *
 * <h2>Place</h2>
 * Above {@code processor}, {@code topology} and {@code io.thalweg.client}; started by a node from its configuration, or by
 * anyone with {@link io.thalweg.streams.runtime.StreamsRuntime#start}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.streams.runtime.StreamsRuntime} and {@link io.thalweg.streams.runtime.StreamsMetrics} may be called from
 *       any thread.</li>
 *   <li>A {@code ProcessorLoop} and its tasks are confined to the context of their verticle; the group's member, the assignment
 *       and the global tables to one context of the runtime.</li>
 *   <li>A task has at most {@code turnRecordsMax} records or {@code turnNanosMax} a turn; then others have theirs.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * In one generation of the group a task runs on one instance alone. An input offset is committed after everything that the records
 * before it led to is acknowledged. A task processes nothing before its stores are as its changelogs say, and reads those only
 * once it has claimed them: nobody else can write to them from there on.
 *
 * <h2>Failure</h2>
 * A task that fails stands still and shows why; the others go on. {@link io.thalweg.streams.topology.TopologyException} at start:
 * a topic is missing or does not fit. An instance that the group refuses for good, or
 * whose global tables cannot be kept, is FAILED.
 */
@NullMarked
package io.thalweg.streams.runtime;

import org.jspecify.annotations.NullMarked;
