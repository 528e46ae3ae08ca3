package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.history.HistoryChecker.Verdict;
import io.thalweg.system.node.NodeProcess;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that may open 256 files, and more clients than that (scenario 34): the log keeps what it needs to write. */
@Timeout(180)
class FileDescriptorLimitFaultIT {
    private static final int FILES_MAX = 256;
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 4;

    @TempDir
    Path directory;

    @Test
    void moreClientsThanFilesStopNeitherTheLogNorTheNode() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/prlimit")), "needs prlimit (util-linux): skipped");
        History history = new History();
        List<Socket> flood = new ArrayList<>();
        try (NodeProcess node =
                NodeProcess.in(directory).withWrapper("/usr/bin/prlimit", "--nofile=" + FILES_MAX + ":" + FILES_MAX)) {
            node.start();
            Topics.create(node, TOPIC, PARTITIONS);
            int most = 0;
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, PARTITIONS)) {
                load.awaitAcknowledged(1_000);
                for (int i = 0; i < FILES_MAX; i++) {
                    for (int port : List.of(node.kafkaPort(), node.httpPort(), node.eventBusPort())) {
                        flood.add(new Socket(InetAddress.getLoopbackAddress(), port));
                    }
                    most = Math.max(most, node.openFiles());
                }
                // Segments roll, indexes are written, the journal is reused: all of that opens files.
                load.awaitAcknowledged(200_000);
                most = Math.max(most, node.openFiles());
            } finally {
                for (Socket socket : flood) {
                    socket.close();
                }
            }
            long began = System.nanoTime();
            Topics.create(node, "fresh", 1);
            try (ProducerLoad fresh = new ProducerLoad(new History(), node.kafka(), "fresh", 1)) {
                fresh.awaitAcknowledged(1);
            }
            long servedMillis = (System.nanoTime() - began) / 1_000_000;
            CompleteRead.into(history, node.kafka(), TOPIC, PARTITIONS);
            Verdict verdict = HistoryChecker.check(history);
            System.out.printf(
                    "file limit: max=%d open at most=%d acknowledged=%d fresh client after the flood in %d ms%n",
                    FILES_MAX, most, verdict.acknowledged(), servedMillis);
            assertThat(verdict.valid()).as("verdict=%s", verdict).isTrue();
            // Connections are accepted faster than refused, so for a moment the limit itself may be met; accepting
            // pauses.
            assertThat(most).as("the flood took place").isGreaterThan(FILES_MAX / 2);
            assertThat(node.printed()).doesNotContain("offline").doesNotContain("maintenance of");
            assertThat(node.stop()).isZero();
        }
    }
}
