package io.thalweg.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.streams.Serdes;
import io.thalweg.streams.Stream;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.Tumbling;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopologyTest {

    private static StreamApp app() {
        return StreamApp.named("shop");
    }

    private static Stream<String, String> stream(StreamApp app, String topic) {
        return app.stream(topic, Serdes.string(), Serdes.string());
    }

    @Test
    void aRepartitionTopicPartsTheTopology() {
        StreamApp app = app();
        stream(app, "lines")
                .groupBy("by-word", (key, value) -> value)
                .count("counts")
                .toStream()
                .to("out");
        Topology topology = app.topology();
        assertThat(topology.subTopologies()).hasSize(2);
        assertThat(topology.subTopologies().get(0).repartitionSinks()).containsExactly("shop-by-word-repartition");
        assertThat(topology.subTopologies().get(1).sourceTopics()).containsExactly("shop-by-word-repartition");
        assertThat(topology.subTopologies().get(1).stores())
                .extracting(StoreSpec::name)
                .containsExactly("counts");
        assertThat(topology.internalTopics())
                .extracting(InternalTopic::name)
                .containsExactlyInAnyOrder("shop-by-word-repartition", "shop-counts-changelog");
        assertThat(topology.outsideTopics()).containsExactly("lines");
        assertThat(topology.sinkTopics()).containsExactly("out");
    }

    @Test
    void streamsThatMeetShareASubTopologyAndOthersDoNot() {
        StreamApp app = app();
        stream(app, "a").merge(stream(app, "b")).to("ab");
        stream(app, "c").to("cc");
        assertThat(app.topology().subTopologies())
                .extracting(sub -> String.join(",", new java.util.TreeSet<>(sub.sourceTopics())))
                .containsExactly("a,b", "c");
    }

    @Test
    void aKeyThatIsUnchangedIsNotRepartitioned() {
        StreamApp app = app();
        stream(app, "a").mapValues(value -> value + "!").groupByKey().count("counts");
        assertThat(app.topology().subTopologies()).hasSize(1);
        StreamApp rekeyed = app();
        stream(rekeyed, "a").selectKey((key, value) -> value).groupByKey().count("counts");
        assertThat(rekeyed.topology().subTopologies()).hasSize(2);
        assertThat(rekeyed.topology().internalTopics())
                .extracting(InternalTopic::name)
                .contains("shop-counts-repartition");
    }

    @Test
    void addingAnOperatorElsewhereRenamesNothing() {
        StreamApp before = app();
        stream(before, "a").filter(value -> true).to("x");
        StreamApp after = app();
        stream(after, "z").peek((key, value) -> {}).to("y");
        stream(after, "a").filter(value -> true).to("x");
        assertThat(ids(after.topology())).containsAll(ids(before.topology()));
    }

    private static List<String> ids(Topology topology) {
        return topology.subTopologies().stream()
                .flatMap(sub -> sub.nodes().stream())
                .map(Node::id)
                .toList();
    }

    @Test
    void jsonAndDescriptionNameNodesStoresAndTopics() {
        StreamApp app = app();
        stream(app, "a")
                .groupByKey()
                .window("per-minute", Tumbling.of(Duration.ofMinutes(1)).grace(Duration.ofSeconds(5)))
                .count()
                .toStream((window, count) -> window.key())
                .to("out");
        var sub = app.topology().toJson().getJsonArray("subTopologies").getJsonObject(0);
        var node = sub.getJsonArray("nodes").getJsonObject(1);
        assertThat(node.getString("id")).isEqualTo("per-minute");
        assertThat(node.getString("op")).isEqualTo("count");
        assertThat(node.getJsonObject("params").getLong("graceMillis")).isEqualTo(5_000);
        assertThat(node.getJsonArray("inputs").encode()).isEqualTo("[\"source:a\"]");
        assertThat(sub.getJsonArray("stores").getJsonObject(0).getLong("retentionMillis"))
                .isEqualTo(65_000);
        assertThat(app.topology().describe())
                .contains("Sub-topology 0, a task for each partition of a")
                .contains("per-minute: count")
                .contains("<- source:a [per-minute]");
    }

    @Test
    void partitionsFollowTheSourcesAndJoinedTopicsMustAgree() {
        StreamApp app = app();
        stream(app, "lines").groupBy("by-word", (key, value) -> value).count("counts");
        PartitionPlan plan = PartitionPlan.of(app.topology(), Map.of("lines", 6));
        assertThat(plan.partitions())
                .containsEntry("shop-by-word-repartition", 6)
                .containsEntry("shop-counts-changelog", 6);
        assertThat(plan.tasks()).isEqualTo(Map.of(0, 6, 1, 6));

        StreamApp joined = app();
        stream(joined, "a").join(joined.table("b", Serdes.string(), Serdes.string()), (one, row) -> one + row);
        assertThatThrownBy(() -> PartitionPlan.of(joined.topology(), Map.of("a", 3, "b", 4)))
                .isInstanceOf(TopologyException.class)
                .hasMessageContaining("a=3")
                .hasMessageContaining("b=4");
        assertThatThrownBy(() -> PartitionPlan.of(joined.topology(), Map.of("a", 3)))
                .hasMessageContaining("topic=b does not exist");
    }

    @Test
    void aRepartitionTopicTakesTheNumberOfTheTopicItIsJoinedWith() {
        StreamApp app = app();
        stream(app, "a")
                .selectKey((key, value) -> value)
                .repartition("by-value")
                .join(app.table("b", Serdes.string(), Serdes.string()), (one, row) -> one + row)
                .to("out");
        PartitionPlan plan = PartitionPlan.of(app.topology(), Map.of("a", 12, "b", 4));
        assertThat(plan.partitions()).containsEntry("shop-by-value-repartition", 4);
    }

    @Test
    void whatCannotBeRunIsRefusedWithWhatToDo() {
        StreamApp twice = app();
        stream(twice, "a").groupByKey().count("counts");
        assertThatThrownBy(() -> stream(twice, "b").groupByKey().count("counts"))
                .isInstanceOf(TopologyException.class)
                .hasMessageContaining("counts");
        assertThatThrownBy(() -> StreamApp.named("no spaces")).hasMessageContaining("application=no spaces");
        StreamApp other = app();
        stream(other, "a");
        assertThatThrownBy(() -> other.stream("a", Serdes.string(), Serdes.int64()))
                .hasMessageContaining("other serdes");
        StreamApp rekeyed = app();
        assertThatThrownBy(() -> stream(rekeyed, "a")
                        .selectKey((key, value) -> value)
                        .join(rekeyed.table("b", Serdes.string(), Serdes.string()), (one, row) -> one))
                .hasMessageContaining("repartition(name)");
        assertThatThrownBy(() -> app().topology()).hasMessageContaining("no nodes");
    }
}
