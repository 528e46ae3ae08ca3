package io.thalweg.gateway.http.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.gateway.http.flow.FlowNode.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowAssemblyTest {
    private final FlowNode topic = new FlowNode(Kind.TOPIC, "orders", null, null, false, null, Map.of());
    private final FlowNode group =
            new FlowNode(Kind.GROUP, "connect-sink", "Stable", null, false, null, Map.of("lag", 7.0, "members", 1.0));
    private final FlowNode sink =
            new FlowNode(Kind.CONNECTOR, "sink", "RUNNING", null, false, "connect-sink", Map.of("members", 3.0));
    private final FlowGraph broker =
            new FlowGraph(List.of(topic, group), List.of(new FlowEdge(topic.id(), group.id(), Map.of("lag", 7.0))));

    @Test
    void aGroupIsPartOfWhatReadsThroughIt() {
        FlowGraph graph =
                FlowAssembly.of(List.of(broker, new FlowGraph(List.of(sink), List.of(FlowEdge.outOf("orders", sink)))));
        assertThat(graph.nodes()).extracting(FlowNode::id).containsExactly("topic:orders", "connector:sink");
        assertThat(graph.nodes().get(1).figures()).isEqualTo(Map.of("lag", 7.0, "members", 3.0));
        assertThat(graph.edges()).containsExactly(new FlowEdge("topic:orders", "connector:sink", Map.of("lag", 7.0)));
    }

    @Test
    void anEdgeToWhatIsNotThereIsLeftOut() {
        FlowGraph graph =
                FlowAssembly.of(List.of(broker, new FlowGraph(List.of(sink), List.of(FlowEdge.into("gone", sink)))));
        assertThat(graph.edges()).extracting(FlowEdge::from).containsExactly("topic:orders");
    }

    @Test
    void whatFailsIsNamedAndTheRestStays() {
        FlowSources sources = new FlowSources();
        sources.register("connectors", () -> {
            throw new IllegalStateException("no such thing");
        });
        FlowGraph graph = FlowAssembly.of(sources.parts().result());
        assertThat(graph.problems()).containsExactly("connectors cannot be shown: no such thing");
    }
}
