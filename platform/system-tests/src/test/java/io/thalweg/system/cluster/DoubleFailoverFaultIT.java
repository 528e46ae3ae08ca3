package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The leader dies, and its successor as soon as it has acknowledged something: the first comes back with records of its epoch
 * that nobody else may have, to a third that may lack some (reliability scenario 10; the losses of KIP-101 and KIP-279).
 */
@Tag("heavy")
class DoubleFailoverFaultIT {

    private static final int PARTITIONS = 6;

    @TempDir
    Path directory;

    @Test
    void fiveDoubleFailoversLoseNothing() throws Exception {
        failOverTwice(5);
    }

    @Test
    void thirtyDoubleFailoversLoseNothing() throws Exception {
        failOverTwice(30);
    }

    private void failOverTwice(int rounds) throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 5_000)) {
                for (int round = 0; round < rounds; round++) {
                    int first = run.topic().leader(round % PARTITIONS);
                    int[] second = new int[1];
                    long gap = run.strike(() -> {
                        cluster.node(first).kill();
                        run.awaitProgress();
                        second[0] = run.topic().leader(0);
                        cluster.node(second[0]).kill();
                        cluster.node(first).start();
                    });
                    System.out.printf(
                            "double failover %d: first=%d second=%d gap=%d ms%n", round + 1, first, second[0], gap);
                    assertThat(second[0]).isNotEqualTo(first).isPositive();
                    cluster.node(second[0]).start();
                    cluster.awaitSettled();
                }
                run.finish("double failover");
            }
        }
    }
}
