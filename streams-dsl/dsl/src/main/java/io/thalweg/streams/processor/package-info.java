/**
 * Operators at work: a task runs one sub-topology on one partition.
 *
 * <h2>Place</h2>
 * Between {@code topology} and {@code store}; whoever runs an application drives {@link io.thalweg.streams.processor.StreamTask}
 * and implements {@link io.thalweg.streams.processor.TaskOutput}. The factories ({@code StatelessOperators} and so on) are for
 * the DSL.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A task and all in it is confined: one caller at a time, and what it changed is visible to the next.</li>
 *   <li>Factories are shared by all tasks and hold no state; so must be the functions that the user gave.</li>
 *   <li>{@link io.thalweg.streams.processor.GlobalStores} has one writer and any number of readers.</li>
 *   <li>Nothing blocks.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * The effects of a record are out when {@code process} returns. A task that is given the same records in the same order emits the
 * same, whatever the wall clock, as long as the user's functions do.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.streams.processor.StreamTaskException}: the task may have written half of what the record means; close it and
 * restore another from its changelogs.
 */
@NullMarked
package io.thalweg.streams.processor;

import org.jspecify.annotations.NullMarked;
