package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.system.node.TestVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of a leader is full, fails its flushes or stands still (reliability scenarios 19 to 21). */
@Tag("heavy")
class DiskClusterFaultIT {

    private static final int PARTITIONS = 6;

    @TempDir
    Path directory;

    @BeforeAll
    static void needsAVolume() {
        assumeTrue(TestVolume.available(), "needs root to mount a file system of its own: skipped");
    }

    private interface VolumeMaker {
        TestVolume make(Path directory) throws Exception;
    }

    private interface Scenario {
        void run(ClusterProcesses cluster, NavigableMap<Integer, TestVolume> volumes) throws Exception;
    }

    private void onVolumes(VolumeMaker maker, Scenario scenario) throws Exception {
        TreeMap<Integer, TestVolume> volumes = new TreeMap<>();
        try (ClusterProcesses cluster = ClusterProcesses.in(directory)) {
            for (int id = 1; id <= 3; id++) {
                TestVolume volume = maker.make(Files.createDirectories(directory.resolve("disk-" + id)));
                volumes.put(id, volume);
                cluster.add(
                        id,
                        node -> node.withDataDirectory(volume.root().resolve("data")),
                        "--set",
                        "log.journalBytes=33554432");
            }
            cluster.form();
            scenario.run(cluster, volumes);
        } finally {
            for (TestVolume volume : volumes.values()) {
                volume.close();
            }
        }
    }

    @Test
    void aLeaderWhoseFlushesFailIsSucceededAndHealedByARestart() throws Exception {
        onVolumes(disk -> TestVolume.ext4(disk, 768), (cluster, volumes) -> {
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 5_000)) {
                int leader = run.topic().leader(0);
                long gap = run.strike(() -> volumes.get(leader).cutPower());
                assertThat(run.topic().leader(0)).isNotEqualTo(leader);
                assertThat(cluster.node(leader).alive())
                        .as("the process outlives its disk")
                        .isTrue();
                cluster.node(leader).kill();
                volumes.get(leader).restorePower();
                cluster.node(leader).start();
                cluster.awaitSettled();
                System.out.printf("failed flush: leader=%d gap=%d ms%n", leader, gap);
                run.finish("flushes of a leader fail");
            }
        });
    }

    @Test
    void aFullDiskOfALeaderStopsNobodyForGoodAndIsLeftWithoutARestart() throws Exception {
        onVolumes(disk -> TestVolume.memory(disk, 512), (cluster, volumes) -> {
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 5_000)) {
                int leader = run.topic().leader(0);
                Path ballast = volumes.get(leader).root().resolve("ballast");
                long gap = run.strike(() -> {
                    fill(ballast);
                    TimeUnit.SECONDS.sleep(5);
                });
                assertThat(cluster.node(leader).alive()).isTrue();
                Files.delete(ballast);
                run.awaitProgress();
                cluster.awaitSettled();
                System.out.printf("full disk: leader=%d gap=%d ms%n", leader, gap);
                run.finish("disk of a leader is full");
            }
        });
    }

    @Test
    void aLeaderWhoseDiskStandsStillIsSucceededAndTakesPartAgain() throws Exception {
        onVolumes(disk -> TestVolume.ext4(disk, 768), (cluster, volumes) -> {
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 5_000)) {
                int leader = run.topic().leader(0);
                long gap = run.strike(() -> volumes.get(leader).standStill());
                assertThat(run.topic().leader(0)).isNotEqualTo(leader);
                volumes.get(leader).goOn();
                assertThat(cluster.node(leader).alive()).isTrue();
                run.awaitProgress();
                cluster.awaitSettled();
                System.out.printf("disk that stands still: leader=%d gap=%d ms%n", leader, gap);
                run.finish("disk of a leader stands still");
            } finally {
                // A node that waits for its disk cannot be ended.
                for (TestVolume volume : volumes.values()) {
                    volume.goOn();
                }
            }
        });
    }

    /** Writes until nothing more can be written. */
    private static void fill(Path file) throws Exception {
        byte[] block = new byte[1 << 16];
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (java.io.IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }
}
