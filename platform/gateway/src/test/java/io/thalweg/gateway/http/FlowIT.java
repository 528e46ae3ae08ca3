package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.gateway.http.flow.FlowEdge;
import io.thalweg.gateway.http.flow.FlowGraph;
import io.thalweg.gateway.http.flow.FlowNode;
import io.thalweg.gateway.http.flow.FlowSources;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answers are held against the OpenAPI description by the fixture. */
class FlowIT {
    @TempDir
    Path directory;

    private final FlowSources sources = new FlowSources();
    private DoorFixture door;

    @BeforeEach
    void start() {
        door = new DoorFixture(
                directory, HttpGatewayConfig.defaults().withInstances(2).withFlowSources(sources));
    }

    @AfterEach
    void stop() {
        door.close();
    }

    @Test
    void topicsAndWhatOtherPartsContributeAreOneGraph() {
        FlowNode source = new FlowNode(FlowNode.Kind.CONNECTOR, "<b>files</b>", "RUNNING");
        sources.register(
                "connectors",
                () -> Future.succeededFuture(
                        new FlowGraph(List.of(source), List.of(FlowEdge.into("flights", source)))));
        sources.register("streams", () -> Future.failedFuture("not yet"));
        door.json("POST", "/v1/topics", "{\"name\":\"flights\",\"partitions\":2}");
        door.publishValues("flights", 1, 0, 3);

        JsonObject graph = DoorFixture.object(door.get("/v1/flow"));

        JsonObject topic = node(graph, "topic:flights");
        assertThat(topic.getJsonObject("figures").getDouble("records")).isEqualTo(3);
        assertThat(topic.getJsonObject("figures").getDouble("partitions")).isEqualTo(2);
        assertThat(node(graph, "connector:<b>files</b>").getString("state")).isEqualTo("RUNNING");
        assertThat(graph.getJsonArray("edges").getJsonObject(0).getString("to")).isEqualTo("topic:flights");
        assertThat(graph.getJsonArray("problems")).containsExactly("streams cannot be shown: not yet");
    }

    @Test
    void aGroupHasItsLagOnTheEdgeFromItsTopic() throws Exception {
        door.createTopic("flights", 1);
        door.publishValues("flights", 0, 0, 5);
        Map<TopicPartition, OffsetToCommit> offsets =
                Map.of(new TopicPartition("flights", 0), new OffsetToCommit(2, -1, ""));
        door.broker()
                .api()
                .groups()
                .commitOffsets(new CommitOffsets("readers", -1, "", null, offsets, -1))
                .toCompletionStage()
                .toCompletableFuture()
                .get(120, TimeUnit.SECONDS);

        JsonObject graph = DoorFixture.object(door.get("/v1/flow"));

        assertThat(node(graph, "group:readers").getJsonObject("figures").getDouble("lag"))
                .isEqualTo(3);
        JsonObject edge = graph.getJsonArray("edges").getJsonObject(0);
        assertThat(edge.getString("from")).isEqualTo("topic:flights");
        assertThat(edge.getJsonObject("figures").getDouble("lag")).isEqualTo(3);
    }

    private static JsonObject node(JsonObject graph, String id) {
        return graph.getJsonArray("nodes").stream()
                .map(JsonObject.class::cast)
                .filter(node -> node.getString("id").equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id + " is not in " + graph));
    }
}
