package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of the node that leads a partition, again and again, under load (reliability scenario 3). */
class KillLeaderFaultIT {

    private static final int PARTITIONS = 6;

    @TempDir
    Path directory;

    @Test
    void oneKillLosesNothing() throws Exception {
        killLeaders(1, 2_000);
    }

    @Test
    @Tag("heavy")
    void threeKillsLoseNothing() throws Exception {
        killLeaders(3, 2_000);
    }

    @Test
    @Tag("heavy")
    void twentyKillsLoseNothing() throws Exception {
        killLeaders(20, 10_000);
    }

    private void killLeaders(int kills, long pauseMicros) throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, pauseMicros)) {
                for (int kill = 0; kill < kills; kill++) {
                    int partition = kill % PARTITIONS;
                    int leader = run.topic().leader(partition);
                    long gap = run.strike(() -> cluster.node(leader).kill());
                    int successor = run.topic().leader(partition);
                    System.out.printf(
                            "kill %d: partition=%d leader=%d successor=%d gap=%d ms%n",
                            kill + 1, partition, leader, successor, gap);
                    assertThat(successor).isNotEqualTo(leader).isPositive();
                    cluster.node(leader).start();
                    cluster.awaitSettled();
                }
                run.finish("kill -9 of the leader");
            }
        }
    }
}
