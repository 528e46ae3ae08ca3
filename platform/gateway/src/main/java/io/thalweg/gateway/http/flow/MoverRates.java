package io.thalweg.gateway.http.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rates of what counts the records that it moves and tells no rate, as connectors do. What one writes to its only topic flows
 * over that edge; between several topics it is not known.
 */
final class MoverRates {
    private static final String RECORDS = "records";
    private static final String RATE = "recordsPerSecond";

    private MoverRates() {}

    /** @param part of a source, whose nodes' {@code records} never go back while they run */
    static FlowGraph add(FlowGraph part, Counters counters) {
        Map<String, Double> rates = new HashMap<>();
        List<FlowNode> nodes = new ArrayList<>();
        for (FlowNode node : part.nodes()) {
            Double moved = node.figures().get(RECORDS);
            if (moved == null || node.figures().containsKey(RATE)) {
                nodes.add(node);
                continue;
            }
            Map<String, Double> figures = new HashMap<>();
            counters.rate(figures, RATE, node.id() + " records", moved);
            Double rate = figures.get(RATE);
            if (rate != null) {
                rates.put(node.id(), rate);
            }
            nodes.add(node.withFigures(figures));
        }
        Map<String, Integer> written = new HashMap<>();
        part.edges().forEach(edge -> written.merge(edge.from(), 1, Integer::sum));
        List<FlowEdge> edges = new ArrayList<>();
        for (FlowEdge edge : part.edges()) {
            Double rate = rates.get(edge.from());
            boolean all = rate != null && written.getOrDefault(edge.from(), 0) == 1;
            edges.add(all ? new FlowEdge(edge.from(), edge.to(), Map.of(RATE, rate)) : edge);
        }
        return new FlowGraph(nodes, edges, part.problems());
    }
}
