package io.thalweg.connectors.runtime;

import static io.thalweg.connectors.runtime.RuntimeNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.ProducerConfig;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.connectors.runtime.herder.ConnectorView;
import io.thalweg.connectors.runtime.policy.HostPolicyConfig;
import io.thalweg.connectors.runtime.store.OffsetStore;
import io.thalweg.connectors.runtime.store.StatusStore;
import io.thalweg.connectors.runtime.store.TargetState;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Source and sink tasks over a real log: what they carry, what they survive, and what the log remembers of them. */
@Timeout(120)
final class ConnectorsRuntimeIT {

    @TempDir
    Path directory;

    private RuntimeNode node;

    @BeforeEach
    void start() throws Exception {
        CollectingSink.COLLECTED.clear();
        CollectingSink.FAILURES.clear();
        node = new RuntimeNode(directory.resolve("data"));
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private void run() throws Exception {
        run(RuntimeConfig.defaults());
    }

    private void run(RuntimeConfig config) throws Exception {
        node.start(config, new CountingSource(), new CollectingSink());
    }

    private static JsonObject counting(String topic, int count) {
        return new JsonObject()
                .put("connector.class", "counting")
                .put("topic", topic)
                .put("count", count)
                .put("offset.flush.interval.ms", 20);
    }

    private static JsonObject collecting(String topic) {
        return new JsonObject()
                .put("connector.class", "collecting")
                .put("topics", topic)
                .put("offset.flush.interval.ms", 20);
    }

    private String taskState(String name) throws Exception {
        ConnectorView view = await(node.runtime.herder().connector(name));
        return view.plan().slots().values().stream()
                .map(view.plan()::taskState)
                .toList()
                .toString();
    }

    private void untilTask(String name, String states) throws Exception {
        node.follow(StatusStore.TOPIC).until(statuses -> taskState(name).equals(states));
    }

    private void untilStored(String offset) throws Exception {
        node.follow(OffsetStore.TOPIC)
                .until(positions -> positions.stream()
                        .anyMatch(record -> new String(record.value(), StandardCharsets.UTF_8).equals(offset)));
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private List<Integer> numbersIn(String topic) throws Exception {
        return node.read(topic).stream()
                .map(ReceivedRecord::value)
                .map(value -> Integer.valueOf(new String(value, StandardCharsets.UTF_8)))
                .sorted()
                .toList();
    }

    @Test
    void whatASourceTellsReachesASinkOnceAndInOrder() throws Exception {
        node.create("numbers", 3);
        run();
        node.put("from", counting("numbers", 5_000));
        node.put("to", collecting("numbers").put("tasks.max", 2));
        assertThat(CollectingSink.collected("to", 5_000).stream()
                        .map(value -> ((Number) value).intValue())
                        .sorted()
                        .toList())
                .isEqualTo(numbers(5_000));
        for (ReceivedRecord record : node.read("numbers")) {
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).startsWith("k");
        }
    }

    @Test
    void aRuntimeThatStartsAgainGoesOnFromTheLog() throws Exception {
        node.create("numbers", 2);
        run();
        node.put("from", counting("numbers", 2_000));
        untilStored("{\"next\":2000}");
        node.put("paused", counting("elsewhere", 10));
        await(node.runtime.herder().target("paused", TargetState.PAUSED));
        await(node.runtime.close());

        run();
        assertThat(await(node.runtime.herder().connectors())).containsOnlyKeys("from", "paused");
        assertThat(taskState("paused")).isEqualTo("[PAUSED]");
        node.put("from", counting("numbers", 3_000));
        untilStored("{\"next\":3000}");
        assertThat(numbersIn("numbers")).isEqualTo(numbers(3_000));
    }

    @Test
    void aTaskThatFailsIsFailedUntilItIsRestartedAndTheOthersGoOn() throws Exception {
        node.create("others", 1);
        run();
        node.put("fails", counting("numbers", 1_000).put("fail.at", 500));
        node.put("runs", counting("others", 1_000));
        untilTask("fails", "[FAILED]");
        ConnectorView failed = await(node.runtime.herder().connector("fails"));
        assertThat(failed.plan().slots().get(0).trace()).contains("told to fail at 500");
        node.follow("others").until(records -> records.size() == 1_000);

        node.put("fails", counting("numbers", 1_000));
        untilTask("fails", "[RUNNING]");
        node.follow("numbers").until(records -> records.size() >= 1_000);
        assertThat(numbersIn("numbers")).isEqualTo(numbers(1_000));
    }

    @Test
    void aSinkThatMaySucceedLaterIsTriedAgain() throws Exception {
        run();
        node.put("from", counting("numbers", 100));
        node.put("to", collecting("numbers").put("retries", 3).put("errors.retry.delay.max.ms", 5));
        assertThat(CollectingSink.collected("to", 100)).hasSize(100);
        assertThat(CollectingSink.FAILURES.get("to").get()).isEqualTo(3);
    }

    @Test
    void whatCannotBeHandledBecomesADeadLetterThatSaysWhy() throws Exception {
        node.create("mixed", 1);
        node.create("dead", 1);
        run();
        var producer = node.client.producer(ProducerConfig.defaults());
        for (String value : List.of("1", "not json", "13", "2")) {
            await(producer.send(OutgoingRecord.of("mixed", null, value.getBytes(StandardCharsets.UTF_8))));
        }
        node.put(
                "to",
                collecting("mixed")
                        .put("refuse", "13")
                        .put("errors.tolerance", "all")
                        .put("errors.deadletterqueue.topic.name", "dead"));
        List<ReceivedRecord> dead = node.follow("dead").until(records -> records.size() >= 2);
        assertThat(CollectingSink.collected("to", 2)).containsExactly(1, 2);
        assertThat(dead)
                .extracting(record -> new String(record.value(), StandardCharsets.UTF_8))
                .containsExactly("not json", "13");
        assertThat(header(dead.get(0), "__connect.errors.stage")).isEqualTo("VALUE_CONVERTER");
        assertThat(header(dead.get(0), "__connect.errors.offset")).isEqualTo("1");
        assertThat(header(dead.get(1), "__connect.errors.stage")).isEqualTo("TASK_PUT");
        assertThat(header(dead.get(1), "__connect.errors.exception.message")).isEqualTo("I do not like it");
        assertThat(header(dead.get(1), "__connect.errors.connector.name")).isEqualTo("to");
    }

    @Test
    void withoutToleranceARecordThatCannotBeHandledFailsTheTask() throws Exception {
        node.create("mixed", 1);
        run();
        var producer = node.client.producer(ProducerConfig.defaults());
        await(producer.send(OutgoingRecord.of("mixed", null, "nonsense".getBytes(StandardCharsets.UTF_8))));
        node.put("to", collecting("mixed"));
        untilTask("to", "[FAILED]");
    }

    @Test
    void aFailureShowsNoSecretWhateverThePluginSays() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "canary-in-a-file\n");
        run(RuntimeConfig.defaults().withPolicy(HostPolicyConfig.denyAll().withSecrets(List.of(directory), List.of())));
        String reference = "${file:" + secret + "}";
        node.put("fails", counting("numbers", 10).put("fail.at", 0).put("password", reference));
        untilTask("fails", "[FAILED]");
        ConnectorView failed = await(node.runtime.herder().connector("fails"));
        assertThat(failed.plan().slots().get(0).trace())
                .contains("told to fail at 0 with ******** for ********")
                .doesNotContain("canary");
    }

    private static String header(ReceivedRecord record, String name) {
        return record.headers().stream()
                .filter(header -> header.key().equals(name))
                .map(header -> new String(header.value(), StandardCharsets.UTF_8))
                .findFirst()
                .orElse("absent");
    }

    @Test
    void filesAreConnectorsAndAWrongOneChangesNothing() throws Exception {
        Path files = Files.createDirectories(directory.resolve("connectors"));
        Files.writeString(files.resolve("a.json"), counting("a", 10).encode());
        Files.writeString(files.resolve("broken.json"), "{");
        run(RuntimeConfig.defaults().withDirectory(files, 20));
        assertThat(await(node.runtime.herder().connectors())).containsOnlyKeys("a");
        node.put("rest", counting("rest", 10));

        Files.writeString(
                files.resolve("b.json"),
                new JsonObject()
                        .put("name", "bee")
                        .put("config", counting("b", 10))
                        .encode());
        Follower statuses = node.follow(StatusStore.TOPIC);
        statuses.until(records -> connectors().contains("bee"));
        Files.delete(files.resolve("a.json"));
        statuses.until(records -> !connectors().contains("a"));
        assertThat(connectors()).containsExactlyInAnyOrder("bee", "rest");
    }

    @Test
    void aDirectoryThatIsNotThereRemovesNothing() throws Exception {
        Path files = Files.createDirectories(directory.resolve("connectors"));
        Files.writeString(files.resolve("a.json"), counting("a", 10).encode());
        run(RuntimeConfig.defaults().withDirectory(files, 20));
        assertThat(connectors()).containsExactly("a");
        await(node.runtime.close());

        Path away = Files.move(files, directory.resolve("away"));
        run(RuntimeConfig.defaults().withDirectory(files, 20));
        assertThat(connectors()).containsExactly("a");
        Files.writeString(away.resolve("b.json"), counting("b", 10).encode());
        Files.move(away, files);
        node.follow(StatusStore.TOPIC).until(statuses -> connectors().contains("b"));
        assertThat(connectors()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void theDirectoryOfOneNodeRemovesAndTakesNothingOfAnotherNodes() throws Exception {
        Path ones = Files.createDirectories(directory.resolve("ones"));
        Path others = Files.createDirectories(directory.resolve("others"));
        Files.writeString(ones.resolve("a.json"), counting("a", 10).encode());
        Files.writeString(ones.resolve("both.json"), counting("both", 10).encode());
        run(RuntimeConfig.defaults().withDirectory(ones, 20).withOwner("node-1"));
        assertThat(connectors()).containsExactly("a", "both");
        await(node.runtime.close());

        Files.writeString(others.resolve("both.json"), counting("both", 10).encode());
        run(RuntimeConfig.defaults().withDirectory(others, 20).withOwner("node-2"));
        Files.writeString(others.resolve("b.json"), counting("b", 10).encode());
        node.follow(StatusStore.TOPIC).until(statuses -> connectors().contains("b"));
        assertThat(connectors()).containsExactlyInAnyOrder("a", "b", "both");
        assertThat(await(node.runtime.herder().connector("both")).stored().origin())
                .isEqualTo("node-1/both.json");
        await(node.runtime.close());

        Files.delete(ones.resolve("a.json"));
        run(RuntimeConfig.defaults().withDirectory(ones, 20).withOwner("node-1"));
        assertThat(connectors()).containsExactlyInAnyOrder("b", "both");
    }

    private Set<String> connectors() throws Exception {
        return await(node.runtime.herder().connectors()).keySet();
    }
}
