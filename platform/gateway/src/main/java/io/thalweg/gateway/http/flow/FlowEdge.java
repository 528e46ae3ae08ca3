package io.thalweg.gateway.http.flow;

import java.util.Map;

/**
 * Records pass from one node to another.
 *
 * @param from {@link FlowNode#id()}
 * @param figures as of a node
 */
public record FlowEdge(String from, String to, Map<String, Double> figures) {
    public FlowEdge {
        figures = Map.copyOf(figures);
    }

    public FlowEdge(String from, String to) {
        this(from, to, Map.of());
    }

    /** From a topic to what reads it. */
    public static FlowEdge outOf(String topic, FlowNode reader) {
        return new FlowEdge(FlowNode.id(FlowNode.Kind.TOPIC, topic), reader.id());
    }

    /** Into a topic from what writes it. */
    public static FlowEdge into(String topic, FlowNode writer) {
        return new FlowEdge(writer.id(), FlowNode.id(FlowNode.Kind.TOPIC, topic));
    }
}
