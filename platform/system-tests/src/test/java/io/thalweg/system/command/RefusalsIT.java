package io.thalweg.system.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code start} refuses, and how: one line that names it, exit code 1, and nothing was started or written. */
class RefusalsIT {

    @TempDir
    Path directory;

    @Test
    void aWrongValueIsNamedAndNothingStarts() throws Exception {
        CommandRun run = start("--set", "log.journalBytes=small");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("thalweg: log.journalBytes (--set): found \"small\"; allowed: integer from ");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(data()).doesNotExist();
    }

    @Test
    void anUnknownKeyInAFileIsNamedWithTheFile() throws Exception {
        Path file = Files.writeString(directory.resolve("mine.json"), "{\"htpp\": {}}");

        CommandRun run = start("--conf", file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("htpp", "mine.json", "did you mean \"http\"?");
        assertThat(data()).doesNotExist();
    }

    @Test
    void anUnknownFlagIsWrongUsage() throws Exception {
        CommandRun run = start("--dance");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(data()).doesNotExist();
    }

    @Test
    void anAddressOfTheNetworkIsRefusedWithoutAuthentication() throws Exception {
        CommandRun run = start("--kafka", "0.0.0.0:0");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("kafka.host", "0.0.0.0", "--insecure");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(data()).doesNotExist();
    }

    @Test
    void anAddressOfTheNetworkForOtherNodesIsRefusedWithoutASecret() throws Exception {
        CommandRun run = start("--cluster", "192.0.2.1:0");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("cluster.host", "192.0.2.1", "cluster.secretFile", "--insecure");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(data()).doesNotExist();
    }

    @Test
    void aSecondNodeOnTheSameDataIsRefusedAndTheFirstGoesOn() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();

            CommandRun run = start();

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .startsWith("thalweg: the node did not start: ")
                    .contains("lock");
            assertThat(run.err().lines()).hasSize(1);
            assertThat(node.alive()).isTrue();
            assertThat(node.stop()).isZero();
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();

            CommandRun run = CommandRun.of(
                    directory,
                    "start",
                    "--data-dir",
                    directory.resolve("other").toString(),
                    "--kafka",
                    node.kafka(),
                    "--http",
                    "127.0.0.1:0",
                    "--event-bus",
                    "127.0.0.1:0");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains(String.valueOf(node.kafkaPort()));
        }
    }

    private CommandRun start(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 9];
        String[] fixed = {
            "start",
            "--data-dir",
            data().toString(),
            "--http",
            "127.0.0.1:0",
            "--event-bus",
            "127.0.0.1:0",
            "--set",
            "kafka.port=0"
        };
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        System.arraycopy(arguments, 0, all, fixed.length, arguments.length);
        return CommandRun.of(directory, all);
    }

    private Path data() {
        return directory.resolve("data");
    }
}
