package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fault every 20 seconds: a node is killed, stopped in order, or stands still for a while, whichever comes (reliability scenario
 * 25). {@code -Dsoak.minutes} says for how long, 5 if it is silent.
 */
@Tag("heavy")
class SoakFaultIT {

    private static final int PARTITIONS = 6;
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int MINUTES = Integer.getInteger("soak.minutes", 5);

    @TempDir
    Path directory;

    private enum Fault {
        KILL,
        STOP,
        PAUSE
    }

    @Test
    void nothingIsLostWhateverComes() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (ClusterProcesses cluster = ClusterProcesses.three(directory)) {
            cluster.form();
            List<Integer> nodes = new ArrayList<>(cluster.ids());
            try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, 10_000)) {
                long began = System.nanoTime();
                for (long next = began; next < began + TimeUnit.MINUTES.toNanos(MINUTES); next += PERIOD_NANOS) {
                    TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                    Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                    int node = nodes.get(random.nextInt(nodes.size()));
                    long gap = strike(cluster, run, fault, node, 1 + random.nextInt(12));
                    System.out.printf("soak: %s node=%d gap=%d ms%n", fault, node, gap);
                    cluster.awaitSettled();
                }
                int seconds = (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
                System.out.printf(
                        "soak: seed=%d seconds=%d available=%.4f of the seconds of each partition%n",
                        seed, seconds, run.load().ackTimes().availability(began, seconds));
                run.finish("soak");
            }
        }
    }

    private static long strike(ClusterProcesses cluster, FaultRun run, Fault fault, int node, int pauseSeconds)
            throws Exception {
        return switch (fault) {
            case KILL -> {
                long gap = run.strike(() -> cluster.node(node).kill());
                cluster.node(node).start();
                yield gap;
            }
            case STOP -> {
                long gap =
                        run.strike(() -> assertThat(cluster.node(node).stop()).isZero());
                cluster.node(node).start();
                yield gap;
            }
            case PAUSE ->
                run.strike(() -> {
                    cluster.node(node).pause();
                    TimeUnit.SECONDS.sleep(pauseSeconds);
                    cluster.node(node).resume();
                });
        };
    }
}
