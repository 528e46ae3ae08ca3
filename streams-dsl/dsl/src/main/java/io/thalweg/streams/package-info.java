/**
 * The streams DSL: {@link io.thalweg.streams.StreamApp} begins streams and tables, their operators describe what becomes of
 * them, and the whole compiles to a {@link io.thalweg.streams.topology.Topology}.
 *
 * <h2>Place</h2>
 * What users write against. Builds {@code topology} from the operators of {@code processor}; {@code runtime} runs the result,
 * {@code driver} tests it.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A definition is confined to the thread that writes it.</li>
 *   <li>Serdes and the functions given to operators are called by all tasks, on any thread: they hold no state.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Whatever has state has a name given by the user. Semantics are Apache Kafka Streams' unless the javadoc says otherwise.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.streams.topology.TopologyException} at definition; {@link java.lang.IllegalArgumentException} of a serde or any
 * exception of a function fails the record, and the task unless the application has a dead letter topic.
 */
@NullMarked
package io.thalweg.streams;

import org.jspecify.annotations.NullMarked;
