package io.thalweg.system.cluster;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 of all nodes together; they come back in any order (reliability scenario 26). */
@Tag("heavy")
class AllKilledFaultIT {

    private static final int PARTITIONS = 6;

    private static final List<List<Integer>> ORDERS = List.of(
            List.of(3, 2, 1), List.of(1, 2, 3), List.of(2, 1, 3), List.of(2, 3, 1), List.of(1, 3, 2), List.of(3, 1, 2));

    @TempDir
    Path directory;

    @Test
    void nothingIsLostWhenAllAreKilled() throws Exception {
        killAll(ORDERS.subList(0, 1));
    }

    @Test
    void nothingIsLostInWhateverOrderTheyComeBack() throws Exception {
        killAll(ORDERS);
    }

    private void killAll(List<List<Integer>> orders) throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 2_000)) {
                for (List<Integer> order : orders) {
                    long gap = run.strike(() -> {
                        cluster.killAll();
                        cluster.start(order);
                    });
                    System.out.printf("all killed: back in order %s gap=%d ms%n", order, gap);
                    cluster.awaitSettled();
                }
                run.finish("kill -9 of all three");
            }
        }
    }
}
