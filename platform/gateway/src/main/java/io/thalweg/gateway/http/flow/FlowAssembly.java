package io.thalweg.gateway.http.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one graph of the parts: a group that belongs to a connector, stream or verticle becomes part of it, edges that say
 * the same are joined, and edges to what is not there are left out.
 */
final class FlowAssembly {
    private final Map<String, FlowNode> nodes = new LinkedHashMap<>();
    private final Map<String, FlowEdge> edges = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    /** Id of a group's node to that of the node that it belongs to. */
    private final Map<String, String> owners = new HashMap<>();

    private FlowAssembly() {}

    static FlowGraph of(List<FlowGraph> parts) {
        FlowAssembly assembly = new FlowAssembly();
        parts.forEach(assembly::addNodes);
        assembly.mergeGroups();
        parts.forEach(part -> part.edges().forEach(assembly::addEdge));
        return new FlowGraph(
                List.copyOf(assembly.nodes.values()), List.copyOf(assembly.edges.values()), assembly.problems);
    }

    private void addNodes(FlowGraph part) {
        problems.addAll(part.problems());
        for (FlowNode node : part.nodes()) {
            nodes.putIfAbsent(node.id(), node);
            String group = node.group();
            if (group != null) {
                owners.put(FlowNode.id(FlowNode.Kind.GROUP, group), node.id());
            }
        }
    }

    /** What the owner says of itself goes before what is known of its group. */
    private void mergeGroups() {
        owners.forEach((groupId, ownerId) -> {
            FlowNode group = nodes.remove(groupId);
            FlowNode owner = nodes.get(ownerId);
            if (group != null && owner != null) {
                nodes.put(ownerId, owner.withFigures(group.figures()).withFigures(owner.figures()));
            }
        });
    }

    private void addEdge(FlowEdge edge) {
        String from = owners.getOrDefault(edge.from(), edge.from());
        String to = owners.getOrDefault(edge.to(), edge.to());
        if (!nodes.containsKey(from) || !nodes.containsKey(to)) {
            return;
        }
        edges.merge(from + " > " + to, new FlowEdge(from, to, edge.figures()), (known, same) -> {
            Map<String, Double> figures = new HashMap<>(known.figures());
            figures.putAll(same.figures());
            return new FlowEdge(from, to, figures);
        });
    }
}
