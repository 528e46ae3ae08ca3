package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.HistoryChecker.Verdict;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every node is stopped in order and started again, under load: the application sees no error (reliability scenario 24). */
@Tag("heavy")
class RollingRestartFaultIT {

    private static final int PARTITIONS = 6;

    @TempDir
    Path directory;

    @Test
    void oneRoundIsSeenByNobody() throws Exception {
        restartAll(1);
    }

    @Test
    void fiveRoundsAreSeenByNobody() throws Exception {
        restartAll(5);
    }

    private void restartAll(int rounds) throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 2_000)) {
                for (int round = 0; round < rounds; round++) {
                    for (int id : cluster.ids()) {
                        int led = run.topic()
                                .partitionsByLeader()
                                .getOrDefault(id, java.util.List.of())
                                .size();
                        long gap = run.strike(
                                () -> assertThat(cluster.node(id).stop()).isZero());
                        System.out.printf("restart: round=%d node=%d led=%d gap=%d ms%n", round + 1, id, led, gap);
                        cluster.node(id).start();
                        cluster.awaitSettled();
                    }
                }
                Verdict verdict = run.finish("rolling restart");
                assertThat(verdict.unknown() + verdict.refused())
                        .as("errors that the application saw")
                        .isZero();
            }
        }
    }
}
