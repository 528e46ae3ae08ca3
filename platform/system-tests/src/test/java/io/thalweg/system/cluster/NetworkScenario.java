package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What {@link NetworkFaultIT} runs in the client's network namespace. Exits 0 if the scenario passed.
 */
final class NetworkScenario {

    private static final int PARTITIONS = 6;
    private static final long PAUSE_MICROS = 5_000;

    /** How long a cut lasts once the cluster has gone on without the node. */
    private static final long CUT_SECONDS = 15;

    private final IsolatedNetwork network;
    private final ClusterProcesses cluster;

    private NetworkScenario(IsolatedNetwork network, Path directory) throws Exception {
        this.network = network;
        this.cluster = ScenarioProcess.cluster(directory, network::at);
    }

    /** @param arguments the scenario, the network's prefix, a directory */
    public static void main(String[] arguments) throws Exception {
        NetworkScenario scenario = new NetworkScenario(IsolatedNetwork.of(arguments[1]), Path.of(arguments[2]));
        try {
            switch (arguments[0]) {
                case "leader-alone" -> scenario.leaderAlone();
                case "one-way" -> scenario.oneWay();
                case "bridge" -> scenario.bridge();
                case "split-membership" -> scenario.splitMembership();
                default -> throw new IllegalArgumentException("no such scenario: " + arguments[0]);
            }
        } finally {
            scenario.cluster.close();
        }
        // Clients leave threads behind that are none of ours.
        System.exit(0);
    }

    /** The leader hears nobody and nobody hears it, but for a client (scenario 6). */
    private void leaderAlone() throws Exception {
        cluster.form();
        try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, PAUSE_MICROS)) {
            int leader = run.topic().leader(0);
            List<Integer> led = run.topic().partitionsByLeader().get(leader);
            network.isolate(leader);
            for (int other : IsolatedNetwork.others(leader)) {
                network.cutBothWays(IsolatedNetwork.CLIENT, other);
            }
            proveCut(leader, IsolatedNetwork.others(leader).get(0));
            long[] before = run.load().ackTimes().counts();
            // The client still speaks to the old leader alone, which must not acknowledge what it cannot commit.
            TimeUnit.SECONDS.sleep(5);
            long[] after = run.load().ackTimes().counts();
            for (int partition : led) {
                assertThat(after[partition])
                        .as(
                                "acknowledged by a leader without a majority: partition=%d before=%s after=%s",
                                partition, Arrays.toString(before), Arrays.toString(after))
                        .isEqualTo(before[partition]);
            }
            long gap = run.strike(() -> {
                for (int other : IsolatedNetwork.others(leader)) {
                    network.restore(IsolatedNetwork.CLIENT, other);
                    network.restore(other, IsolatedNetwork.CLIENT);
                }
            });
            assertThat(run.topic().leader(0)).isNotEqualTo(leader);
            TimeUnit.SECONDS.sleep(CUT_SECONDS);
            network.heal();
            run.awaitProgress();
            cluster.awaitSettled();
            System.out.printf("leader alone: node=%d gap after the client saw the others=%d ms%n", leader, gap);
            run.finish("leader alone against two");
        }
    }

    /** One node is heard by another, and does not hear it (scenario 7). */
    private void oneWay() throws Exception {
        cluster.form();
        try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, PAUSE_MICROS)) {
            for (int partition = 0; partition < 2; partition++) {
                int leader = run.topic().leader(partition);
                int follower = IsolatedNetwork.others(leader).get(partition);
                // Once what the leader says is lost, once what it is told.
                int from = partition == 0 ? leader : follower;
                int to = partition == 0 ? follower : leader;
                disturb(run, "one way, " + from + " to " + to, () -> network.cut(from, to), from, to);
            }
            run.finish("one-way cuts");
        }
    }

    /** Two nodes do not see each other; a third sees both (scenario 7). */
    private void bridge() throws Exception {
        cluster.form();
        try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, PAUSE_MICROS)) {
            int leader = run.topic().leader(0);
            int other = IsolatedNetwork.others(leader).get(0);
            disturb(
                    run,
                    "no way between " + leader + " and " + other,
                    () -> network.cutBothWays(leader, other),
                    leader,
                    other);
            run.finish("bridge");
        }
    }

    private void disturb(FaultRun run, String what, FaultRun.Fault cut, int from, int to) throws Exception {
        int epochs = epochs(run);
        long began = System.nanoTime();
        long gap = run.strike(() -> {
            cut.strike();
            proveCut(from, to);
        });
        TimeUnit.SECONDS.sleep(CUT_SECONDS);
        run.awaitProgress();
        double minutes = (System.nanoTime() - began) / 60e9;
        int bumps = epochs(run) - epochs;
        network.heal();
        run.awaitProgress();
        cluster.awaitSettled();
        System.out.printf(
                "%s: gap=%d ms, elections for each partition and minute=%.1f%n",
                what, gap, bumps / minutes / PARTITIONS);
    }

    /** The nodes' membership splits and merges again while they go on speaking to each other (scenario 8). */
    private void splitMembership() throws Exception {
        cluster.form();
        try (FaultRun run = FaultRun.begin(cluster, PARTITIONS, PAUSE_MICROS)) {
            int leader = run.topic().leader(0);
            int port = URI.create("tcp://" + cluster.node(leader).cluster()).getPort();
            int peer = IsolatedNetwork.others(leader).get(0);
            long gap = run.strike(() -> {
                for (int node = 1; node <= 3; node++) {
                    network.cutPort(
                            leader,
                            URI.create("tcp://" + cluster.node(node).cluster()).getPort());
                }
                assertThat(network.connects(peer, leader, port)).isFalse();
                assertThat(network.connects(peer, leader, cluster.node(leader).kafkaPort()))
                        .isTrue();
            });
            // Longer than membership takes to give up a silent member.
            TimeUnit.SECONDS.sleep(4 * CUT_SECONDS);
            run.awaitProgress();
            ReplicatedTopic during = ReplicatedTopic.create(cluster, "made-meanwhile", 3);
            for (int node = 1; node <= 3; node++) {
                network.healPort(
                        leader,
                        URI.create("tcp://" + cluster.node(node).cluster()).getPort());
            }
            run.awaitProgress();
            cluster.awaitSettled();
            assertThat(during.describe().partitions()).hasSize(3);
            System.out.printf("membership of node %d split: gap=%d ms%n", leader, gap);
            run.finish("split of the membership");
        }
    }

    /** A cut that did not take effect proves nothing. */
    private void proveCut(int from, int to) throws Exception {
        assertThat(network.connects(from, to, cluster.node(to).kafkaPort()))
                .as("node %d still reaches node %d", from, to)
                .isFalse();
    }

    /** The sum of the leader epochs of all partitions, as the nodes tell it. */
    private int epochs(FaultRun run) throws Exception {
        return run.topic().leaderEpochs().stream().mapToInt(Integer::intValue).sum();
    }
}
