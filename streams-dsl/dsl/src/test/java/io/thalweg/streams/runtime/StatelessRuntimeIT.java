package io.thalweg.streams.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.coordination.group.api.GroupsApi.GroupDescription;
import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.topology.Topology;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatelessRuntimeIT {

    @TempDir
    private Path directory;

    private StreamsNode node;

    @BeforeEach
    void start() throws Exception {
        node = new StreamsNode(directory);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private static Topology upperCase() {
        StreamApp app = StreamApp.named("upper");
        app.stream("in", Serdes.string(), Serdes.string())
                .filter((key, value) -> !value.endsWith("7"))
                .mapValues(value -> "V" + value.substring(1))
                .to("out", Serdes.string(), Serdes.string());
        return app.topology();
    }

    private static List<OutgoingRecord> numbers(int from, int to) {
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            records.add(
                    new OutgoingRecord("in", i % 4, bytes("k" + i), bytes("v" + i), List.of(), 1_000_000_000_000L + i));
        }
        return records;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> expected(int from, int to) {
        List<String> values = new ArrayList<>();
        for (int i = from; i < to; i++) {
            if (i % 10 != 7) {
                values.add("V" + i);
            }
        }
        return values;
    }

    private List<String> out() throws Exception {
        List<String> values = new ArrayList<>();
        for (ReceivedRecord record : node.read("out")) {
            values.add(new String(record.value(), StandardCharsets.UTF_8));
        }
        return values;
    }

    @Test
    void everyRecordIsProcessedOnceAcrossAnOrderlyStop() throws Exception {
        node.create("in", 4);
        node.create("out", 3);
        node.publish(numbers(0, 5_000));
        StreamsRuntime first = node.start(upperCase(), StreamsRuntimeConfig.defaults());
        node.untilCaughtUp(first, 4);
        StreamsNode.await(first.close());

        node.publish(numbers(5_000, 10_000));
        StreamsRuntime second = node.start(upperCase(), StreamsRuntimeConfig.defaults());
        JsonObject view = node.untilCaughtUp(second, 4);
        StreamsNode.await(second.close());

        assertThat(out()).containsExactlyInAnyOrderElementsOf(expected(0, 10_000));
        assertThat(view.getJsonObject("nodes").getJsonObject("source:in").getLong("records"))
                .isEqualTo(5_000);
    }

    @Test
    void whatWasNotCommittedIsProcessedAgainAfterACrash() throws Exception {
        node.create("in", 4);
        node.create("out", 3);
        node.publish(numbers(0, 3_000));
        StreamsRuntime first =
                node.start(upperCase(), StreamsRuntimeConfig.defaults().withCommitMillis(600_000));
        node.until(first, "something is processed", view -> {
            JsonObject in = view.getJsonObject("nodes").getJsonObject("source:in");
            return in != null && in.getLong("records") > 0;
        });
        StreamsNode.await(first.abandon());
        StreamsRuntime second = node.start(upperCase(), StreamsRuntimeConfig.defaults());
        node.untilCaughtUp(second, 4);
        StreamsNode.await(second.close());

        assertThat(out()).containsAll(expected(0, 3_000)).isSubsetOf(expected(0, 3_000));
    }

    @Test
    void twoInstancesShareTheTasksAndOneTakesOverWhenTheOtherStops() throws Exception {
        node.create("in", 4);
        node.create("out", 3);
        StreamsRuntime first = node.start(upperCase(), StreamsRuntimeConfig.defaults());
        node.publish(numbers(0, 2_000));
        StreamsRuntime second = node.start(upperCase(), StreamsRuntimeConfig.defaults());
        node.until(
                first, "half of the tasks", view -> view.getJsonArray("tasks").size() == 2);
        node.publish(numbers(2_000, 4_000));
        node.untilCaughtUp(second, 2);
        node.untilCaughtUp(first, 2);
        StreamsNode.await(first.close());
        node.publish(numbers(4_000, 6_000));
        node.untilCaughtUp(second, 4);
        StreamsNode.await(second.close());

        assertThat(out()).containsExactlyInAnyOrderElementsOf(expected(0, 6_000));
    }

    @Test
    void aRecordThatFailsStopsItsTaskAloneAndShowsWhy() throws Exception {
        node.create("in", 4);
        node.create("out", 3);
        StreamApp app = StreamApp.named("failing");
        app.stream("in", Serdes.string(), Serdes.string())
                .mapValues(value -> {
                    if (value.equals("v41")) {
                        throw new IllegalStateException("cannot take " + value);
                    }
                    return value;
                })
                .to("out", Serdes.string(), Serdes.string());
        JsonObject view = oneTaskFails(app.topology());

        assertThat(view.getJsonArray("tasks").encode()).contains("cannot take v41");
        assertThat(out()).hasSize(85).contains("v37").doesNotContain("v45");
    }

    /** The 42nd of 100 records makes its task fail. What the application looks like then. */
    private JsonObject oneTaskFails(Topology topology) throws Exception {
        node.publish(numbers(0, 100));
        StreamsRuntime runtime = node.start(topology, StreamsRuntimeConfig.defaults());
        JsonObject view = node.until(
                runtime,
                "one failed, three went on",
                seen -> seen.getJsonArray("tasks").stream()
                        .map(JsonObject.class::cast)
                        .map(task -> task.getString("state") + task.getLong("processedRecords"))
                        .sorted()
                        .toList()
                        .equals(List.of("FAILED10", "RUNNING25", "RUNNING25", "RUNNING25")));
        StreamsNode.await(runtime.close());
        return view;
    }

    /** What is not an exception too: the record must not come again and again with half of its outputs. */
    @Test
    void anErrorOfTheUsersCodeStopsItsTaskAloneWithNothingOfTheRecordSent() throws Exception {
        node.create("in", 4);
        node.create("out", 3);
        StreamApp app = StreamApp.named("erring");
        var in = app.stream("in", Serdes.string(), Serdes.string());
        in.to("out", Serdes.string(), Serdes.string());
        in.peek((key, value) -> {
            if (value.equals("v41")) {
                throw new StackOverflowError("in " + value);
            }
        });
        JsonObject view = oneTaskFails(app.topology());

        assertThat(view.getJsonArray("tasks").encode()).contains("in v41");
        assertThat(out()).hasSize(85).contains("v37").doesNotContain("v41");
    }

    /** Without its rows a join would go wrong silently. */
    @Test
    void aGlobalTableThatCannotBeKeptFailsTheApplicationHere() throws Exception {
        node.create("in", 1);
        node.create("out", 1);
        node.create("names", 1);
        StreamApp app = StreamApp.named("enriched");
        var names = app.globalTable("names", Serdes.string(), Serdes.string());
        app.stream("in", Serdes.string(), Serdes.string())
                .join(names, (key, value) -> key, (value, name) -> name)
                .to("out", Serdes.string(), Serdes.string());
        StreamsRuntime runtime =
                node.start(app.topology(), StreamsRuntimeConfig.defaults().withStateBytesMax(10_000));
        node.publish(List.of(new OutgoingRecord("names", 0, bytes("k"), new byte[20_000], List.of(), 1)));
        JsonObject view = node.until(
                runtime,
                "failed",
                seen -> seen.getString("state").equals("FAILED")
                        && seen.getJsonArray("tasks").isEmpty());
        StreamsNode.await(runtime.close());
        GroupDescription group = StreamsNode.await(node.client.groups().describe("enriched"));

        assertThat(view.encode()).contains("no room for state");
        assertThat(group.members()).isEmpty();
        assertThat(runtime.stateBytes()).isZero();
    }

    @Test
    void aSourceTopicThatCannotExistFailsTheStart() throws Exception {
        StreamApp app = StreamApp.named("joined");
        app.stream("no such topic!", Serdes.string(), Serdes.string()).to("out", Serdes.string(), Serdes.string());

        assertThatThrownBy(() -> node.start(app.topology(), StreamsRuntimeConfig.defaults()))
                .hasMessageContaining("no such topic!");
    }

    @Test
    void aSlowTaskDoesNotStarveAnotherOnItsEventLoop() throws Exception {
        node.create("in", 2);
        node.create("out", 1);
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            records.add(new OutgoingRecord("in", i % 2, bytes(i % 2 == 0 ? "slow" : "fast"), bytes("v"), List.of(), i));
        }
        node.publish(records);
        AtomicInteger slow = new AtomicInteger();
        AtomicInteger fast = new AtomicInteger();
        AtomicInteger slowWhenFastWasDone = new AtomicInteger();
        StreamApp app = StreamApp.named("unequal");
        app.stream("in", Serdes.string(), Serdes.string())
                .peek((key, value) -> {
                    if (key.equals("fast")) {
                        if (fast.incrementAndGet() == 1_000) {
                            slowWhenFastWasDone.set(slow.get());
                        }
                    } else {
                        long until = System.nanoTime() + 1_000_000;
                        while (System.nanoTime() < until) {
                            Thread.onSpinWait();
                        }
                        slow.incrementAndGet();
                    }
                })
                .to("out", Serdes.string(), Serdes.string());
        StreamsRuntime runtime =
                node.start(app.topology(), StreamsRuntimeConfig.defaults().withProcessors(1));
        node.untilCaughtUp(runtime, 2);
        StreamsNode.await(runtime.close());

        assertThat(slow.get()).isEqualTo(1_000);
        // The fast one needs some four turns, of which each waits for 2 ms of the slow one.
        assertThat(slowWhenFastWasDone.get()).isLessThan(500);
    }
}
