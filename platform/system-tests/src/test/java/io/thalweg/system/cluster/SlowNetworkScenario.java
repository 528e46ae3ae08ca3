package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.cluster.SlowNetwork.Way;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What {@link SlowNetworkFaultIT} runs in the client's network namespace. Exits 0 if the scenario passed. */
final class SlowNetworkScenario {

    private static final int PARTITIONS = 6;

    /** 2,000 records a second and partition, so that the history fits into memory. */
    private static final long PAUSE_MICROS = 500;

    private static final long SECONDS = 60;

    private final SlowNetwork network;
    private final ClusterProcesses cluster;

    private SlowNetworkScenario(SlowNetwork network, Path directory) throws Exception {
        this.network = network;
        this.cluster = ScenarioProcess.cluster(directory, network::at);
    }

    /** @param arguments the scenario, the network's prefix, its control, a directory */
    public static void main(String[] arguments) throws Exception {
        SlowNetworkScenario scenario =
                new SlowNetworkScenario(SlowNetwork.of(arguments[1], Path.of(arguments[2])), Path.of(arguments[3]));
        try {
            switch (arguments[0]) {
                case "far-apart" -> scenario.farApart();
                case "narrow" -> scenario.narrow();
                default -> throw new IllegalArgumentException("no such scenario: " + arguments[0]);
            }
        } finally {
            scenario.cluster.close();
        }
        // Clients leave threads behind that are none of ours.
        System.exit(0);
    }

    /** 50 ms each way between nodes, one packet in twenty lost, one in a hundred doubled, many out of order (scenario 22). */
    private void farApart() throws Exception {
        cluster.form();
        try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, PAUSE_MICROS)) {
            double near = rate(run, SECONDS / 4);
            List<Integer> epochs = run.topic().leaderEpochs();
            for (int node = 1; node <= 3; node++) {
                for (int other : IsolatedNetwork.others(node)) {
                    network.set(node, other, Way.slow(50, 10, 5, 1));
                }
            }
            long began = System.nanoTime();
            double far = rate(run, SECONDS);
            long gap = run.load().ackTimes().longestMillis(began, System.nanoTime());
            assertThat(run.topic().leaderEpochs()).as("no leader was given up").isEqualTo(epochs);
            for (int node = 1; node <= 3; node++) {
                ClusterState state = cluster.state(node);
                assertThat(state == null ? Set.of() : state.alive())
                        .as("alive, as node %d sees it", node)
                        .containsExactlyInAnyOrder(1, 2, 3);
            }
            network.heal();
            run.awaitProgress();
            System.out.printf("far apart: %.0f records/s near, %.0f far, longest gap %d ms%n", near, far, gap);
            run.finish("50 ms, 5 % loss");
        }
    }

    /** What a node is sent by the others comes at 100 kbit/s, a tenth of scenario 23 because the records are tiny: less than is written. */
    private void narrow() throws Exception {
        cluster.form();
        try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, PAUSE_MICROS)) {
            rate(run, SECONDS / 4);
            int slow = run.topic().leader(0);
            long[] before = residentMib();
            for (int other : IsolatedNetwork.others(slow)) {
                network.set(other, slow, Way.narrow(100));
            }
            long began = System.nanoTime();
            double meanwhile = rate(run, SECONDS);
            long gap = run.load().ackTimes().longestMillis(began, System.nanoTime());
            double available = run.load().ackTimes().availability(began, (int) SECONDS);
            long[] after = residentMib();
            ClusterState behind = cluster.state(IsolatedNetwork.others(slow).get(0));
            assertThat(behind != null && !behind.settled())
                    .as("the node fell behind: %s", behind)
                    .isTrue();
            network.heal();
            long healed = System.nanoTime();
            run.load().finish();
            cluster.awaitSettled();
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - healed);
            System.out.printf(
                    "narrow: node=%d longest gap=%d ms available=%.3f, %.0f records/s meanwhile, holds everything %d s after;"
                            + " resident MiB of the nodes before %s, after %s%n",
                    slow, gap, available, meanwhile, seconds, Arrays.toString(before), Arrays.toString(after));
            run.finish("100 kbit/s to one node");
        }
    }

    private long[] residentMib() throws Exception {
        long[] resident = new long[3];
        for (int node = 1; node <= 3; node++) {
            resident[node - 1] = cluster.node(node).residentMib();
        }
        return resident;
    }

    /** Records acknowledged in a second, for so long. */
    private static double rate(FaultRun run, long seconds) throws InterruptedException {
        long before = run.load().acknowledged();
        TimeUnit.SECONDS.sleep(seconds);
        run.awaitProgress();
        return (run.load().acknowledged() - before) / (double) seconds;
    }
}
