package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader stands still for 15 s, as in a long collection of garbage, and comes back with requests in its sockets that it
 * took for its own (reliability scenario 5).
 */
@Tag("heavy")
class PauseLeaderFaultIT {

    private static final int PARTITIONS = 6;
    private static final long PAUSE_SECONDS = 15;

    @TempDir
    Path directory;

    @Test
    void aLeaderThatComesBackAcknowledgesNothingOfItsOldEpoch() throws Exception {
        pauseLeaders(1, 2_000);
    }

    @Test
    void fiveLeadersThatComeBackAcknowledgeNothingOfTheirOldEpochs() throws Exception {
        pauseLeaders(5, 10_000);
    }

    private void pauseLeaders(int pauses, long pauseMicros) throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, pauseMicros)) {
                for (int pause = 0; pause < pauses; pause++) {
                    int partition = pause % PARTITIONS;
                    int leader = run.topic().leader(partition);
                    long paused = System.nanoTime();
                    long gap = run.strike(() -> cluster.node(leader).pause());
                    // Others lead while it stands still; it must have stood all the time.
                    int successor = run.topic().leader(partition);
                    long left = PAUSE_SECONDS * 1_000 - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - paused);
                    TimeUnit.MILLISECONDS.sleep(Math.max(0, left));
                    assertThat(cluster.node(leader).paused()).isTrue();
                    System.out.printf(
                            "pause %d: partition=%d leader=%d successor=%d gap=%d ms%n",
                            pause + 1, partition, leader, successor, gap);
                    assertThat(successor).isNotEqualTo(leader).isPositive();
                    cluster.node(leader).resume();
                    run.awaitProgress();
                    cluster.awaitSettled();
                }
                run.finish("SIGSTOP of the leader for 15 s");
            }
        }
    }
}
