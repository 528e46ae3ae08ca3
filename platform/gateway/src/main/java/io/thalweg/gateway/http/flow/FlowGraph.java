package io.thalweg.gateway.http.flow;

import java.util.List;

/**
 * A graph, or a source's part of one.
 *
 * @param problems what could not be found out, in words
 */
public record FlowGraph(List<FlowNode> nodes, List<FlowEdge> edges, List<String> problems) {
    public static final FlowGraph EMPTY = new FlowGraph(List.of(), List.of(), List.of());

    public FlowGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
        problems = List.copyOf(problems);
    }

    public FlowGraph(List<FlowNode> nodes, List<FlowEdge> edges) {
        this(nodes, edges, List.of());
    }
}
