package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.history.HistoryChecker.Verdict;
import io.thalweg.system.node.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that may open 256 files, and more clients than that (scenario 34): the log keeps what it needs to write, and the
 * reserve stays untouched. That it does is not read off a count, which misses what happens between two looks: once the node
 * has started, the kernel's limit is lowered by the reserve, so that whoever touches it gets an error.
 */
@Timeout(300)
class FileDescriptorLimitFaultIT {
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
    private static final int FILES_MAX = 256;
    private static final int RESERVE = 32;
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 4;
    private static final byte[] NOTHING = {};

    @TempDir
    Path directory;

    @Test
    void moreClientsThanFilesStopNeitherTheLogNorTheNode() throws Exception {
        assumeTrue(Files.exists(PRLIMIT), "needs prlimit (util-linux): skipped");
        History history = new History();
        try (NodeProcess node = NodeProcess.in(directory)
                .withWrapper(PRLIMIT.toString(), limit(FILES_MAX))
                // Nobody is closed for his silence, so that who is closed was refused.
                .withOptions(
                        "--set", "kafka.firstRequestMillis=3600000",
                        "--set", "http.firstRequestMillis=3600000",
                        "--set", "http.idleMillis=3600000",
                        "--set", "eventBus.idleMillis=3600000")) {
            node.start();
            Topics.create(node, TOPIC, PARTITIONS);
            lowerLimit(node, FILES_MAX - RESERVE);
            int refused;
            int most = 0;
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, PARTITIONS);
                    Flood flood = Flood.open()) {
                load.awaitAcknowledged(1_000);
                for (int port : List.of(node.kafkaPort(), node.httpPort(), node.eventBusPort())) {
                    flood.connect(port, FILES_MAX, NOTHING);
                    most = Math.max(most, node.openFiles());
                }
                // It cannot have kept more than it may have open.
                refused = flood.awaitClosed(flood.size() - (FILES_MAX - RESERVE));
                // Segments roll, indexes are written, the journal is reused: all of that opens files.
                load.awaitAcknowledged(200_000);
                most = Math.max(most, node.openFiles());
                // The flood still holds all the seats that it got.
                serveFreshClient(node, "meanwhile");
            }
            long servedMillis = serveFreshClient(node, "afterwards");
            CompleteRead.into(history, node.kafka(), TOPIC, PARTITIONS);
            Verdict verdict = HistoryChecker.check(history);
            double counted = NodeMetricsReading.sum(node, "thalweg_door_connections_refused_total", ".*");
            System.out.printf(
                    "file limit: max=%d open at most=%d refused=%d acknowledged=%d fresh client after the flood in %d ms%n",
                    FILES_MAX, most, refused, verdict.acknowledged(), servedMillis);
            assertThat(verdict.valid()).as("verdict=%s", verdict).isTrue();
            assertThat(counted).as("the node counts what it refused").isGreaterThanOrEqualTo(refused);
            assertThat(node.printed())
                    .as("the reserve was held")
                    .doesNotContain("Too many open files")
                    .doesNotContain("offline")
                    .doesNotContain("maintenance of");
            assertThat(node.stop()).isZero();
        }
    }

    /** A topic of its own, and a record in it; how long both took. */
    private static long serveFreshClient(NodeProcess node, String topic) throws Exception {
        long began = System.nanoTime();
        Topics.create(node, topic, 1);
        try (ProducerLoad fresh = new ProducerLoad(new History(), node.kafka(), topic, 1)) {
            fresh.awaitAcknowledged(1);
        }
        return (System.nanoTime() - began) / 1_000_000;
    }

    private static String limit(int files) {
        return "--nofile=" + files + ":" + files;
    }

    private static void lowerLimit(NodeProcess node, int files) throws Exception {
        Process lowered = new ProcessBuilder(PRLIMIT.toString(), "--pid=" + node.pid(), limit(files))
                .inheritIO()
                .start();
        assertThat(lowered.waitFor()).as("prlimit").isZero();
    }
}
