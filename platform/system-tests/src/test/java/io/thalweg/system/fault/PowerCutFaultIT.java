package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.history.HistoryChecker.Verdict;
import io.thalweg.system.history.HistoryEvent.Outcome;
import io.thalweg.system.history.HistoryEvent.Send;
import io.thalweg.system.node.NodeProcess;
import io.thalweg.system.node.TestVolume;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Power cuts on a real ext4, default durability: what was acknowledged is there (reliability scenario 2). */
class PowerCutFaultIT {

    private static final String TOPIC = "ledger";
    private static final int PARTITIONS = 4;

    @TempDir
    Path directory;

    @Test
    void acknowledgedRecordsSurviveOnePowerCut() throws Exception {
        cutRepeatedly(1);
    }

    @Test
    @Tag("heavy")
    void acknowledgedRecordsSurviveTenPowerCuts() throws Exception {
        cutRepeatedly(10);
    }

    private void cutRepeatedly(int cuts) throws Exception {
        assumeTrue(TestVolume.available(), "needs root and loop devices to mount an ext4 of its own: skipped");
        History history = new History();
        try (TestVolume volume = TestVolume.ext4(directory, 1_024);
                NodeProcess node = NodeProcess.in(directory)
                        .withDataDirectory(volume.root().resolve("data"))) {
            node.start();
            Topics.create(node, TOPIC, PARTITIONS);
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, PARTITIONS)) {
                for (int cut = 0; cut < cuts; cut++) {
                    load.awaitAcknowledged(20_000);
                    volume.cutPower();
                    node.kill();
                    volume.restorePower();
                    long restartMillis = node.start();
                    System.out.printf("power cut %d: restart to ready in %d ms%n", cut + 1, restartMillis);
                }
                load.awaitAcknowledged(5_000);
            }
            CompleteRead.into(history, node.kafka(), TOPIC, PARTITIONS);
        }
        Verdict verdict = HistoryChecker.check(history);
        System.out.printf(
                "power cut: cuts=%d acknowledged=%d unknown=%d%n", cuts, verdict.acknowledged(), verdict.unknown());
        assertThat(verdict.valid()).as("verdict=%s", verdict).isTrue();
        assertThat(history.events().stream()
                        .filter(event -> event instanceof Send send && send.outcome() == Outcome.OK)
                        .count())
                .isGreaterThan(20_000L * cuts);
    }
}
