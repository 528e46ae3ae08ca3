/**
 * What a stream application does, as an immutable value: nodes, stores, topics, sub-topologies.
 *
 * <h2>Place</h2>
 * The DSL builds it; {@code processor} runs it, the console draws it, {@code driver} tests with it. Knows of what a node does
 * no more than {@link io.thalweg.streams.topology.NodeBehaviour}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.streams.topology.TopologyBuilder} is confined to the thread that defines the application.</li>
 *   <li>Everything else is immutable.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * An edge stays within one sub-topology; sub-topologies are connected by repartition topics alone; a store belongs to one
 * sub-topology. Ids come from the user's names and from what is upstream, so a change elsewhere renames nothing.
 *
 * <h2>Failure</h2>
 * {@link io.thalweg.streams.topology.TopologyException}: the application cannot run as described; nothing was started.
 */
@NullMarked
package io.thalweg.streams.topology;

import org.jspecify.annotations.NullMarked;
