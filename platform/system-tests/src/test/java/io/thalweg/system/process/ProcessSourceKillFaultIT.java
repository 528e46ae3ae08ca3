package io.thalweg.system.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Python source killed with -9, in some rounds with its node: each record once, each acknowledgement once. */
class ProcessSourceKillFaultIT {

    private static final int ROUNDS = 20;
    private static final int COUNT = 60_000;

    @TempDir
    Path directory;

    @Test
    void nothingIsLostRepeatedOrAcknowledgedTwice() throws Exception {
        ProcessNode.needs("python3");
        long seed = Long.getLong("thalweg.seed", System.nanoTime());
        Random random = new Random(seed);
        Path acks = directory.resolve("acks");
        Files.createFile(acks);
        Path script = Path.of("src/test/resources/process/counting_source.py").toAbsolutePath();
        try (ProcessNode node = new ProcessNode(directory)) {
            node.connector(
                    "counting",
                    new JsonObject()
                            .put("connector.class", "process-source")
                            .put(
                                    "command",
                                    ProcessNode.command(
                                            "python3",
                                            script.toString(),
                                            ProcessNode.EXAMPLES.toString(),
                                            acks.toString()))
                            .put("topic", "counted")
                            .put("delivery", "exactly-once")
                            .put("offset.flush.interval.ms", "50")
                            .put(
                                    "settings",
                                    new JsonObject().put("count", COUNT).put("pauseMillis", 10)));
            node.process().start();

            int childKills = 0;
            int nodeKills = 0;
            for (int round = 1; round <= ROUNDS; round++) {
                long wanted = (long) COUNT * round / (ROUNDS + 2) - random.nextInt(1_000);
                node.until(
                        "seed=" + seed + " round=" + round + " " + wanted + " records: "
                                + (node.process().alive() ? node.status("counting") : ""),
                        () -> node.has("counted", wanted));
                if (round % 3 == 0) {
                    node.process().kill();
                    node.until(
                            "the child dies with its node",
                            () -> ProcessNode.children(acks.toString()).isEmpty());
                    node.process().start();
                    nodeKills++;
                } else {
                    node.until(
                            "a child",
                            () -> !ProcessNode.children(acks.toString()).isEmpty());
                    for (long pid : ProcessNode.children(acks.toString())) {
                        ProcessHandle.of(pid).ifPresent(child -> {
                            child.destroyForcibly();
                            child.onExit().join();
                        });
                    }
                    childKills++;
                }
            }
            node.until("all records", () -> node.has("counted", COUNT));
            node.until("the last acknowledgement", () -> Files.readString(acks).endsWith("\n" + COUNT + "\n"));

            assertThat(childKills + nodeKills).isEqualTo(ROUNDS);
            List<Object> expected = new ArrayList<>();
            for (int n = 0; n < COUNT; n++) {
                expected.add(new JsonObject().put("n", n));
            }
            assertThat(node.values("counted")).as("seed=" + seed).isEqualTo(expected);
            List<Integer> heard =
                    Files.readAllLines(acks).stream().map(Integer::valueOf).toList();
            assertThat(heard).as("seed=" + seed).isSorted().doesNotHaveDuplicates();
            assertThat(node.process().stop()).as(node.process().printed()).isZero();
        }
        assertThat(ProcessNode.children(acks.toString())).isEmpty();
    }
}
