package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.history.HistoryChecker.Verdict;
import io.thalweg.system.node.NodeProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at random moments under acks=all load from idempotent producers: nothing lost, doubled or reordered. */
class KillNineFaultIT {

    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 4;

    @TempDir
    Path directory;

    @Test
    void fiveKillsLoseNothing() throws Exception {
        killRepeatedly(5, "fsync");
    }

    @Test
    @Tag("heavy")
    void fiftyKillsLoseNothing() throws Exception {
        killRepeatedly(50, "fsync");
    }

    @Test
    @Tag("heavy")
    void fiftyKillsLoseNothingInThePageCacheMode() throws Exception {
        killRepeatedly(50, "os");
    }

    private void killRepeatedly(int kills, String durability) throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        History history = new History();
        List<Long> restartMillis = new ArrayList<>();
        try (NodeProcess node = NodeProcess.in(directory).withOptions("--set", "log.durability=" + durability)) {
            node.start();
            Topics.create(node, TOPIC, PARTITIONS);
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, PARTITIONS, kills > 10 ? 50 : 0)) {
                for (int kill = 0; kill < kills; kill++) {
                    load.awaitAcknowledged(500 + random.nextInt(kills > 10 ? 8_000 : 20_000));
                    node.kill();
                    restartMillis.add(node.start());
                }
                load.awaitAcknowledged(1_000);
            }
            CompleteRead.into(history, node.kafka(), TOPIC, PARTITIONS);
            assertThat(node.stop()).isZero();
        }
        Verdict verdict = HistoryChecker.check(history);
        System.out.printf(
                "kill -9: durability=%s kills=%d seed=%d acknowledged=%d unknown=%d restart median=%d ms max=%d ms%n",
                durability,
                kills,
                seed,
                verdict.acknowledged(),
                verdict.unknown(),
                median(restartMillis),
                Collections.max(restartMillis));
        assertThat(verdict.valid()).as("seed=%d verdict=%s", seed, verdict).isTrue();
        assertThat(verdict.acknowledged()).isGreaterThan(500L * kills);
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
