/**
 * What flows where in a node, as one graph: topics, groups, connectors, streams and verticles with their rates and lag.
 *
 * <h2>Place</h2>
 * Below the route {@code /v1/flow}; above {@code broker.api}. Parts of a node that the doors do not know (connectors,
 * streams, users' verticles) register a {@link io.thalweg.gateway.http.flow.FlowSource}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.gateway.http.flow.FlowSources} and {@link io.thalweg.gateway.http.flow.FlowSampler} are safe from
 *       any thread.
 *   <li>Graphs, nodes and edges are immutable.
 * </ol>
 *
 * <h2>Invariants</h2>
 * However many ask, the node is looked over at most once a second, and never for more than a tenth of the time. An edge
 * leads between nodes of the same graph.
 *
 * <h2>Failure</h2>
 * A source that fails is named in {@link io.thalweg.gateway.http.flow.FlowGraph#problems()}; the rest is served.
 */
@NullMarked
package io.thalweg.gateway.http.flow;

import org.jspecify.annotations.NullMarked;
