package io.thalweg.system.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.system.node.TestVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The power of all machines fails at once, each on an ext4 of its own, default durability (reliability scenario 1). */
@Tag("heavy")
class PowerCutClusterFaultIT {

    private static final int PARTITIONS = 6;
    private static final int VOLUME_MEBIBYTES = 1_024;

    @TempDir
    Path directory;

    @Test
    void acknowledgedRecordsSurviveThreePowerCutsOfAllNodes() throws Exception {
        assumeTrue(TestVolume.available(), "needs root and loop devices to mount an ext4 of its own: skipped");
        List<TestVolume> volumes = new ArrayList<>();
        try (ClusterProcesses cluster = ClusterProcesses.in(directory)) {
            for (int id = 1; id <= 3; id++) {
                TestVolume volume =
                        TestVolume.ext4(Files.createDirectories(directory.resolve("disk-" + id)), VOLUME_MEBIBYTES);
                volumes.add(volume);
                cluster.add(id, node -> node.withDataDirectory(volume.root().resolve("data")));
            }
            cluster.form();
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 0)) {
                for (int cut = 0; cut < 3; cut++) {
                    long gap = run.strike(() -> {
                        atOnce(volumes, TestVolume::cutPower);
                        cluster.killAll();
                        for (TestVolume volume : volumes) {
                            volume.restorePower();
                        }
                        cluster.start(List.of(1, 2, 3));
                    });
                    System.out.printf("power cut %d: gap=%d ms%n", cut + 1, gap);
                    cluster.awaitSettled();
                }
                run.finish("power cut of all three");
            }
        } finally {
            for (TestVolume volume : volumes) {
                volume.close();
            }
        }
    }

    private interface VolumeAction {
        void on(TestVolume volume) throws Exception;
    }

    /** Cuts must fall together: a node whose disk still works would acknowledge what the others lose. */
    private static void atOnce(List<TestVolume> volumes, VolumeAction action) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(volumes.size());
        try {
            List<Callable<Void>> cuts = new ArrayList<>();
            for (TestVolume volume : volumes) {
                cuts.add(() -> {
                    action.on(volume);
                    return null;
                });
            }
            for (Future<Void> cut : threads.invokeAll(cuts)) {
                cut.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
