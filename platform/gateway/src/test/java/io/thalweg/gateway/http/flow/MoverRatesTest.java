package io.thalweg.gateway.http.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.gateway.http.flow.FlowNode.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MoverRatesTest {
    private static final long SECOND = 1_000_000_000;

    private final Counters before = Counters.after(null, 0);
    private final Counters now = Counters.after(before, 2 * SECOND);

    @Test
    void whatHasMovedSinceFlowsOverTheOnlyEdge() {
        MoverRates.add(source(10, "orders"), before);
        FlowGraph graph = MoverRates.add(source(30, "orders"), now);
        assertThat(graph.nodes().get(0).figures()).isEqualTo(Map.of("records", 30.0, "recordsPerSecond", 10.0));
        assertThat(graph.edges().get(0).figures()).isEqualTo(Map.of("recordsPerSecond", 10.0));
    }

    @Test
    void theFirstLookKnowsNoRate() {
        FlowGraph graph = MoverRates.add(source(10, "orders"), before);
        assertThat(graph.nodes().get(0).figures()).isEqualTo(Map.of("records", 10.0));
        assertThat(graph.edges().get(0).figures()).isEmpty();
    }

    @Test
    void overWhichOfSeveralEdgesItFlowsIsNotKnown() {
        MoverRates.add(source(10, "orders", "returns"), before);
        FlowGraph graph = MoverRates.add(source(30, "orders", "returns"), now);
        assertThat(graph.edges()).allSatisfy(edge -> assertThat(edge.figures()).isEmpty());
    }

    @Test
    void whatTellsItsOwnRateKeepsIt() {
        FlowNode stream = new FlowNode(Kind.STREAM, "delays", "RUNNING")
                .withFigures(Map.of("records", 5.0, "recordsPerSecond", 3.0));
        FlowGraph part = new FlowGraph(List.of(stream), List.of());
        MoverRates.add(part, before);
        assertThat(MoverRates.add(part, now).nodes()).containsExactly(stream);
    }

    private static FlowGraph source(double records, String... topics) {
        FlowNode node = new FlowNode(Kind.CONNECTOR, "source", "RUNNING").withFigures(Map.of("records", records));
        return new FlowGraph(
                List.of(node),
                List.of(topics).stream()
                        .map(topic -> FlowEdge.into(topic, node))
                        .toList());
    }
}
