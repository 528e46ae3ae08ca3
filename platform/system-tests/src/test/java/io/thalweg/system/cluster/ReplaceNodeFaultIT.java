package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node comes back with an empty disk, and the cluster grows, under load (reliability scenario 27). */
@Tag("heavy")
class ReplaceNodeFaultIT {

    private static final int PARTITIONS = 6;

    @TempDir
    Path directory;

    @Test
    void aNodeWithAnEmptyDiskIsFilledAgainAndTakesNothingWithIt() throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 1_000)) {
                run.load().awaitAcknowledged(20_000);
                int replaced = run.topic().leader(0);
                long[] refilled = new long[1];
                run.strike(() -> {
                    cluster.node(replaced).kill();
                    cluster.wipe(replaced);
                    long began = System.nanoTime();
                    cluster.node(replaced).start();
                    cluster.awaitSettled();
                    refilled[0] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                });
                System.out.printf("wiped disk: node=%d full again in %d ms%n", replaced, refilled[0]);
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    assertThat(run.topic().replicas(partition)).contains(replaced);
                }
                // Now the others go: what they held must be on the new disk.
                int other = cluster.ids().stream()
                        .filter(id -> id != replaced)
                        .findFirst()
                        .orElseThrow();
                run.strike(() -> cluster.node(other).kill());
                cluster.node(other).start();
                cluster.awaitSettled();
                run.finish("node with an empty disk");
            }
        }
    }

    @Test
    void aFourthNodeIsGivenLeadersAndReplicas() throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            try (FaultRun run = FaultRun.begin(cluster, 12, 2_000)) {
                long began = System.nanoTime();
                cluster.add(4, node -> node);
                run.strike(() -> cluster.node(4).start());
                cluster.await("leaders and replicas on node 4", id -> {
                    List<io.vertx.core.json.JsonObject> partitions =
                            cluster.partitions(id, run.topic().name());
                    return partitions.stream().anyMatch(partition -> partition.getInteger("leader") == 4)
                            && partitions.stream()
                                            .filter(partition -> partition
                                                    .getJsonArray("replicas")
                                                    .contains(4))
                                            .count()
                                    >= 6;
                });
                cluster.awaitSettled();
                System.out.printf(
                        "fourth node: balanced in %d ms, partitions by leader %s%n",
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began),
                        run.topic().partitionsByLeader());
                run.finish("fourth node");
            }
        }
    }
}
