package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.broker.cluster.LeaderService.Ask;
import io.thalweg.cluster.PartitionId;
import io.thalweg.log.LogId;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who cannot lead for long lets others lead: one whose disk takes no more appends (reliability scenarios 19 to 21), or that stops. */
class LeaderDiskIT {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    private final Map<Integer, FaultyDisk> disks = new TreeMap<>();
    private final List<String> acknowledged = new ArrayList<>();

    @Test
    void ofAFullDiskOthersLeadUntilThereIsRoom() {
        try (TestCluster cluster = cluster()) {
            int leader = strike(cluster, disk -> disk.full(true));
            disks.get(leader).full(false);
            goesOn(cluster, "room");
            allInSync(cluster);
        }
    }

    @Test
    void ofADiskThatStandsStillOthersLeadUntilItGoesOn() {
        try (TestCluster cluster = cluster()) {
            TestCluster.Node leader = cluster.leader(P0);
            disks.get(leader.id).standStill();
            // The answer hangs with the disk, which still reads the batch.
            Future<AppendResult> stuck = TestCluster.append(leader, P0, "stuck");
            TestCluster.await("another leads", () -> cluster.partition(P0).leader() != leader.id);
            goesOn(cluster, "meanwhile");
            assertThat(stuck.isComplete()).isFalse();
            disks.get(leader.id).goOn();
            TestCluster.await("the disk's answer", stuck::isComplete);
            goesOn(cluster, "awake");
            allInSync(cluster);
            assertThat(cluster.values(P0).contains("stuck")).isEqualTo(stuck.succeeded());
        }
    }

    /** They write at the same time, so that a client waits for one disk and not for two in a row. */
    @Test
    void followersHaveARecordBeforeTheLeadersDiskHas() {
        try (TestCluster cluster = cluster()) {
            TestCluster.Node leader = cluster.leader(P0);
            Map<Integer, Long> before = segmentBytes(cluster);
            disks.get(leader.id).standStill();
            Future<AppendResult> written = TestCluster.append(leader, P0, "early");

            TestCluster.await(
                    "both others have it",
                    () -> segmentBytes(cluster).entrySet().stream()
                            .allMatch(log -> log.getKey() == leader.id || log.getValue() > before.get(log.getKey())));
            assertThat(segmentBytes(cluster)).containsEntry(leader.id, before.get(leader.id));
            assertThat(cluster.values(P0)).doesNotContain("early");
            assertThat(written.isComplete()).isFalse();

            disks.get(leader.id).goOn();
            TestCluster.await("the disk's answer", written::isComplete);
            assertThat(cluster.values(P0)).contains("early");
        }
    }

    /** Another record in its place, in the same epoch, would be taken for it. */
    @Test
    void whatFollowersHaveAndTheLeaderCannotWriteIsReplacedByNothingOfItsEpoch() {
        try (TestCluster cluster = cluster()) {
            TestCluster.Node leader = cluster.leader(P0);
            int epoch = cluster.partition(P0).leaderEpoch();
            disks.get(leader.id).failNextWrite();
            Future<AppendResult> lost = TestCluster.append(leader, P0, "shown");
            TestCluster.await("the disk's answer", lost::isComplete);
            assertThat(lost.failed()).isTrue();

            goesOn(cluster, "after");
            assertThat(cluster.partition(P0).leaderEpoch()).isGreaterThan(epoch);
            allInSync(cluster);
            TestCluster.await(
                    "all have the same",
                    () -> segmentBytes(cluster).values().stream().distinct().count() == 1);
        }
    }

    @Test
    void aFailedDiskLeadsNothingUntilARestart() {
        try (TestCluster cluster = cluster()) {
            int leader = strike(cluster, FaultyDisk::failFlushes);
            cluster.kill(leader);
            disks.put(leader, new FaultyDisk());
            cluster.begin(leader).broker();
            goesOn(cluster, "mended");
            allInSync(cluster);
        }
    }

    /** Or whoever leads would hand over to a node that cannot promise to lead before others lose patience. */
    @Test
    void aDiskThatIsBehindIsGivenNothingToLead() {
        try (TestCluster cluster = cluster()) {
            TestCluster.Node leader = cluster.leader(P0);
            TestCluster.Node follower = cluster.node(leader.id % 3 + 1);
            assertThat(wouldLead(leader, follower)).isTrue();
            disks.get(follower.id).standStill();
            // The other two are enough; the disk stands still under what the follower has fetched of it.
            cluster.append(P0, "behind");
            TestCluster.await("it would not lead", () -> !wouldLead(leader, follower));
            disks.get(follower.id).goOn();
            TestCluster.await("it would lead again", () -> wouldLead(leader, follower));
        }
    }

    /** It is a member for a moment yet, and who balances sees that it leads nothing. */
    @Test
    void whoIsBeingStoppedIsGivenNothingToLead() {
        try (TestCluster cluster = cluster()) {
            TestCluster.Node leader = cluster.leader(P0);
            TestCluster.Node stopping = cluster.node(leader.id % 3 + 1);
            Futures.await(stopping.broker().handOver());

            assertThat(wouldLead(leader, stopping, "it is being stopped")).isFalse();
        }
    }

    private static boolean wouldLead(TestCluster.Node leader, TestCluster.Node follower) {
        return wouldLead(leader, follower, "the disk has more to do");
    }

    /** @param why it would not, if it would not */
    private static boolean wouldLead(TestCluster.Node leader, TestCluster.Node follower, String why) {
        PartitionId id = PartitionIds.of(leader.api().cluster().topic("orders").id(), 0);
        return Futures.await(LeaderService.ask(
                        leader.peer.transport(), follower.id, id, Ask.LEAD, follower.id, Duration.ofSeconds(10))
                .map(yes -> true)
                .otherwise(no -> {
                    assertThat(no).hasMessageContaining(why);
                    return false;
                }));
    }

    private TestCluster cluster() {
        TestCluster cluster = new TestCluster(directory)
                .onDisks(id -> disks.computeIfAbsent(id, disk -> new FaultyDisk()))
                .start(3);
        Futures.await(
                cluster.node(1).api().topics().create(new NewTopic("orders", 1, (short) 3, Map.of(), Map.of()), false));
        goesOn(cluster, "before");
        allInSync(cluster);
        return cluster;
    }

    /** Something becomes of the leader's disk; another must lead, and nothing acknowledged be lost. */
    private int strike(TestCluster cluster, Consumer<FaultyDisk> fault) {
        int leader = cluster.leader(P0).id;
        fault.accept(disks.get(leader));
        goesOn(cluster, "struck");
        assertThat(cluster.partition(P0).leader()).isNotEqualTo(leader);
        return leader;
    }

    private void goesOn(TestCluster cluster, String prefix) {
        for (int i = 0; i < 20; i++) {
            cluster.append(P0, prefix + "-" + i);
            acknowledged.add(prefix + "-" + i);
        }
        // What was not answered may have been taken all the same, by a leader that then gave up.
        assertThat(cluster.values(P0)).containsSubsequence(acknowledged);
    }

    /** By broker, of the first segment. */
    private Map<Integer, Long> segmentBytes(TestCluster cluster) {
        Map<Integer, Long> bytes = new TreeMap<>();
        for (TestCluster.Node node : cluster.nodes()) {
            LogId id = new LogId(node.api().cluster().topic(P0.topic()).id(), P0.partition());
            Path log = directory.resolve("n" + node.id).resolve(id.directoryName());
            bytes.put(node.id, log.resolve("00000000000000000000.log").toFile().length());
        }
        return bytes;
    }

    private static void allInSync(TestCluster cluster) {
        TestCluster.await(
                "all three are in sync",
                () -> cluster.partition(P0).inSyncReplicas().size() == 3);
    }
}
