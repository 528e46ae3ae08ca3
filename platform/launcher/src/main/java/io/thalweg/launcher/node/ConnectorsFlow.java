package io.thalweg.launcher.node;

import io.thalweg.connectors.api.SinkPlugin;
import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.connectors.runtime.herder.ConnectorView;
import io.thalweg.connectors.runtime.herder.TaskSlot;
import io.thalweg.connectors.runtime.sink.SinkRunner;
import io.thalweg.connectors.runtime.task.TaskMetrics;
import io.thalweg.gateway.http.flow.FlowEdge;
import io.thalweg.gateway.http.flow.FlowGraph;
import io.thalweg.gateway.http.flow.FlowNode;
import io.thalweg.gateway.http.flow.FlowSource;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Connectors and the topics that they write to and read from. */
record ConnectorsFlow(ConnectorsRole role) implements FlowSource {

    private static final String FAILED = "FAILED";

    @Override
    public Future<FlowGraph> flow() {
        ConnectorsRuntime runtime = role.running();
        if (runtime == null) {
            return Future.succeededFuture(new FlowGraph(List.of(), List.of()));
        }
        return runtime.herder().connectors().map(connectors -> {
            List<FlowNode> nodes = new ArrayList<>();
            List<FlowEdge> edges = new ArrayList<>();
            connectors.forEach((name, connector) -> {
                boolean sink = connector.plugin() instanceof SinkPlugin;
                FlowNode node = node(runtime, name, connector, sink);
                nodes.add(node);
                for (String topic : runtime.topics(name)) {
                    edges.add(sink ? FlowEdge.outOf(topic, node) : FlowEdge.into(topic, node));
                }
            });
            return new FlowGraph(nodes, edges);
        });
    }

    private static FlowNode node(ConnectorsRuntime runtime, String name, ConnectorView connector, boolean sink) {
        Map<String, Double> figures = new HashMap<>();
        figures.put("tasks", (double) connector.plan().slots().size());
        figures.put("records", 0.0);
        for (TaskMetrics metrics : runtime.metrics()) {
            if (metrics.identity().connector().equals(name)) {
                figures.merge("records", (double) metrics.recordsOut.sum(), Double::sum);
                figures.merge("errors", (double) metrics.errors.sum(), Double::sum);
            }
        }
        String problem = problem(connector);
        String state = problem == null ? connector.plan().connectorState() : FAILED;
        return new FlowNode(FlowNode.Kind.CONNECTOR, name, state)
                .withFigures(figures)
                .withProblem(problem)
                .withGroup(sink ? SinkRunner.group(name) : null);
    }

    private static @Nullable String problem(ConnectorView connector) {
        String trace = connector.plan().trace();
        if (trace != null) {
            return firstLine(trace);
        }
        for (TaskSlot slot : connector.plan().slots().values()) {
            if (slot.trace() != null) {
                return "task " + slot.index() + ": " + firstLine(slot.trace());
            }
        }
        return null;
    }

    private static String firstLine(String trace) {
        return trace.lines().findFirst().orElse("");
    }
}
