package io.thalweg.system.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look into a running node. */
class CommandsIT {

    @TempDir
    Path directory;

    @Test
    void topicsAreCreatedListedAlteredAndDeleted() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            String url = "--url=" + node.http();

            assertThat(run("topics", "create", "orders", "--partitions=3", "--config", "retention.ms=60000", url)
                            .exitCode())
                    .isZero();
            CommandRun again = run("topics", "create", "orders", url);
            CommandRun list = run("topics", "list", "--output=json", url);
            CommandRun altered = run("topics", "alter", "orders", "--config", "retention.ms=70000", url);
            CommandRun described = run("topics", "describe", "orders", "--output=json", url);
            CommandRun repaired =
                    run("topics", "repair", "orders", "--partition=0", "--truncate-to=0", "--confirm", url);
            CommandRun deleted = run("topics", "delete", "orders", url);
            CommandRun gone = run("topics", "describe", "orders", url);

            assertThat(again.exitCode()).isEqualTo(1);
            assertThat(again.err()).contains("TOPIC_ALREADY_EXISTS");
            assertThat(new JsonArray(list.out())
                            .stream()
                                    .map(JsonObject.class::cast)
                                    .filter(topic -> topic.getString("name").equals("orders"))
                                    .map(topic -> topic.getInteger("partitionCount")))
                    .containsExactly(3);
            assertThat(altered.exitCode()).as(altered.err()).isZero();
            assertThat(described.out()).contains("70000");
            assertThat(repaired.exitCode()).as(repaired.out()).isEqualTo(1);
            assertThat(repaired.err()).contains("the partition is sound");
            assertThat(deleted.exitCode()).as(deleted.err()).isZero();
            assertThat(gone.exitCode()).isEqualTo(1);
            assertThat(gone.err()).contains("UNKNOWN_TOPIC_OR_PARTITION");
        }
    }

    @Test
    void whatIsProducedIsConsumedAloneAndInAGroup() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            String url = "--url=" + node.http();

            CommandRun produced =
                    CommandRun.withInput(directory, "a=1\nb=2\nc=3\n", "produce", "orders", "--key-separator==", url);
            CommandRun consumed = run("consume", "orders", "--keys", url);
            CommandRun inGroup = run("consume", "orders", "--group=readers", "--limit=3", "--output=json", url);
            CommandRun groups = run("groups", "list", "--output=json", url);

            assertThat(produced.out()).as(produced.err()).isEqualTo("published 3\n");
            assertThat(consumed.out().lines()).containsExactly("a\t1", "b\t2", "c\t3");
            assertThat(inGroup.out().lines().map(line -> new JsonObject(line).getString("key")))
                    .isEqualTo(List.of("a", "b", "c"));
            assertThat(groups.out()).as(groups.err()).contains("readers");
        }
    }

    @Test
    void aGroupGoesOnExactlyBehindWhatWasPrinted() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            String url = "--url=" + node.http();
            String lines =
                    IntStream.range(0, 3_000).mapToObj(i -> "n" + i + "\n").collect(Collectors.joining());
            CommandRun.withInput(directory, lines, "produce", "orders", url);

            CommandRun first = run("consume", "orders", "--group=readers", "--limit=1700", url);
            CommandRun described = run("groups", "describe", "readers", "--output=json", url);
            CommandRun second = run("consume", "orders", "--group=readers", "--limit=1300", url);

            assertThat(first.exitCode()).as(first.err()).isZero();
            assertThat(new JsonObject(described.out()).getInteger("totalLag")).isEqualTo(1_300);
            assertThat(second.exitCode()).as(second.err()).isZero();
            List<String> both =
                    Stream.concat(first.out().lines(), second.out().lines()).toList();
            assertThat(both).hasSize(3_000).doesNotHaveDuplicates();
        }
    }

    @Test
    void aGroupsOffsetsAreResetAfterAPreview() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            String url = "--url=" + node.http();
            CommandRun.withInput(directory, "1\n2\n3\n", "produce", "orders", url);
            run("consume", "orders", "--group=readers", "--limit=3", url);

            CommandRun preview =
                    run("groups", "reset", "readers", "--topic=orders", "--to=2", "--dry-run", "--output=json", url);
            CommandRun reset = run("groups", "reset", "readers", "--topic=orders", "--to=2", url);
            CommandRun described = run("groups", "describe", "readers", "--output=json", url);
            CommandRun deleted = run("groups", "delete", "readers", url);

            assertThat(new JsonArray(preview.out()).getJsonObject(0).getInteger("to"))
                    .as(preview.err())
                    .isEqualTo(2);
            assertThat(reset.exitCode()).as(reset.err()).isZero();
            assertThat(new JsonObject(described.out()).getInteger("totalLag")).isEqualTo(1);
            assertThat(deleted.exitCode()).as(deleted.err()).isZero();
        }
    }

    @Test
    void theDemoReadsTheSameRecordsThroughEveryDoor() throws Exception {
        CommandRun run = run(
                "demo",
                "--output=json",
                "--http=127.0.0.1:0",
                "--kafka=127.0.0.1:0",
                "--event-bus=127.0.0.1:0",
                "--data-dir=" + directory.resolve("demo"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonObject result = new JsonObject(run.out());
        JsonArray read = result.getJsonArray("read");
        assertThat(read).hasSize(4);
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.getJsonObject(i).getInteger("records")).isEqualTo(20_000);
            assertThat(read.getJsonObject(i).getString("digest"))
                    .isEqualTo(read.getJsonObject(0).getString("digest"));
        }
        assertThat(result.getJsonArray("worst")).hasSize(10);
        assertThat(result.getJsonObject("pipeline").getInteger("flightsCounted"))
                .isEqualTo(20_000);
    }

    private CommandRun run(String... arguments) throws Exception {
        return CommandRun.of(directory, arguments);
    }
}
