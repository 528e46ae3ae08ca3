package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.cluster.PartitionId;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers over real disks and loopback. */
class ReplicationIT {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    @Test
    void acknowledgedRecordsOutliveTheirLeader() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster.node(2), 1, 3);
            List<String> acknowledged = new ArrayList<>();
            append(cluster, "before", acknowledged);
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);

            int leader = cluster.leader(P0).id;
            cluster.kill(leader);
            append(cluster, "after", acknowledged);
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);

            cluster.begin(leader).broker();
            append(cluster, "back", acknowledged);
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
            TestCluster.await(
                    "all three are in sync",
                    () -> cluster.partition(P0).inSyncReplicas().size() == 3);
        }
    }

    @Test
    void whoLostItsPromisesKeepsItsRecordsAndDecidesAgainOnceItIsTrusted() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster.node(2), 1, 3);
            List<String> acknowledged = new ArrayList<>();
            append(cluster, "before", acknowledged);
            // Of two that decide about metadata, one alone could not give the other its trust back.
            TestCluster.await("all three decide about metadata", () -> cluster.metadataVoters() == 3);
            int forgetful = 1 + cluster.leader(P0).id % 3;
            cluster.kill(forgetful);
            cluster.losePromises(forgetful);
            append(cluster, "meanwhile", acknowledged);
            TestCluster.await(
                    "it is missed", () -> cluster.partition(P0).inSyncReplicas().size() == 2);

            cluster.begin(forgetful).broker();
            TestCluster.await(
                    "all three are in sync",
                    () -> cluster.partition(P0).inSyncReplicas().size() == 3);
            // From now on it is one of the two that a majority needs.
            cluster.kill(cluster.leader(P0).id);
            append(cluster, "after", acknowledged);
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
        }
    }

    @Test
    void everythingStoppedComesBackWithEverything() {
        List<String> acknowledged = new ArrayList<>();
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster.node(3), 4, 3);
            append(cluster, "before", acknowledged);
        }
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
            append(cluster, "after", acknowledged);
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
        }
    }

    @Test
    void aCleanStopHandsOverWithoutAnErrorThatIsNotRetriable() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster.node(1), 6, 3);
            List<String> acknowledged = new ArrayList<>();
            append(cluster, "before", acknowledged);
            int leader = cluster.leader(P0).id;

            cluster.stop(leader);

            assertThat(cluster.partition(P0).leader()).isNotEqualTo(leader);
            append(cluster, "after", acknowledged);
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
        }
    }

    @Test
    void whoseMembershipIsMadeAnewLetsOthersLead() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            Futures.await(cluster.any().api().admin().pause(true));
            create(cluster.node(1), 6, 3);
            List<String> acknowledged = new ArrayList<>();
            append(cluster, "before", acknowledged);
            TestCluster.Node leader = cluster.leader(P0);
            TestCluster.await(
                    "all three are in sync",
                    () -> cluster.partition(P0).inSyncReplicas().size() == 3);

            cluster.rejoin(leader.id);

            TestCluster.await(
                    "another leads",
                    () -> cluster.partition(P0).leader() > 0
                            && cluster.partition(P0).leader() != leader.id);
            append(cluster, "after", acknowledged);
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
            TestCluster.await(
                    "it follows", () -> cluster.partition(P0).inSyncReplicas().contains(leader.id));
        }
    }

    /** The balance would give back at once what it has handed over for good reason. */
    @Test
    void aBrokerIsGivenNothingToLeadWhileItsMembershipIsMadeAnew() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster.node(1), 6, 3);
            TestCluster.await("it leads", () -> leads(cluster, 2) > 0);
            assertThat(willing(cluster, 2)).isTrue();

            cluster.beginRejoin(2);
            TestCluster.await("others lead", () -> leads(cluster, 2) == 0);
            assertThat(willing(cluster, 2)).isFalse();
            cluster.endRejoin(2);

            TestCluster.await("it leads again", () -> leads(cluster, 2) > 0);
            assertThat(willing(cluster, 2)).isTrue();
        }
    }

    private static long leads(TestCluster cluster, int broker) {
        return cluster.node(1).api().cluster().topic("orders").partitions().stream()
                .filter(partition -> partition.leader() == broker)
                .count();
    }

    private static boolean willing(TestCluster cluster, int broker) {
        TestCluster.Node other = cluster.node(broker == 1 ? 2 : 1);
        PartitionId any =
                PartitionIds.of(cluster.node(1).api().cluster().topic("orders").id(), 0);
        Future<Void> asked = LeaderService.ask(
                other.peer.transport(), broker, any, LeaderService.Ask.LEAD, broker, Duration.ofSeconds(10));
        return Futures.await(asked.transform(answer -> Future.succeededFuture(answer.succeeded())));
    }

    @Test
    void topicsAreMadeChangedAndDeletedFromAnyNode() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            for (TestCluster.Node node : cluster.nodes()) {
                create(node, 2, 3);
                assertThat(node.api().cluster().topic("orders")).isNotNull();
                Futures.await(node.api().topics().createPartitions("orders", 5, false));
                assertThat(node.api().cluster().topic("orders").partitions()).hasSize(5);
                cluster.append(new TopicPartition("orders", 4), "x");
                Futures.await(node.api().topics().delete("orders"));
                assertThat(node.api().cluster().topic("orders")).isNull();
                assertThatThrownBy(() -> Futures.await(node.api().topics().delete("orders")))
                        .isInstanceOfSatisfying(
                                ThalwegException.class,
                                refused -> assertThat(refused.error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
                TestCluster.await(
                        "nobody knows it",
                        () -> cluster.nodes().stream()
                                .allMatch(other -> other.api().cluster().topic("orders") == null));
            }
        }
    }

    @Test
    void partitionsWithOneReplicaAreWhereTheyWerePut() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            Futures.await(cluster.node(1).api().admin().pause(true));
            create(cluster.node(1), 3, 1);
            for (int index = 0; index < 3; index++) {
                TopicPartition partition = new TopicPartition("orders", index);
                cluster.append(partition, "value-" + index);
                assertThat(cluster.values(partition)).containsExactly("value-" + index);
            }
            assertThat(cluster.partition(P0).replicas()).hasSize(1);
            TestCluster.Node elsewhere = cluster.nodes().stream()
                    .filter(node -> node.id != cluster.partition(P0).leader())
                    .findFirst()
                    .orElseThrow();
            assertThatThrownBy(() -> Futures.await(TestCluster.append(elsewhere, P0, "x")))
                    .isInstanceOfSatisfying(
                            ThalwegException.class,
                            refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        }
    }

    @Test
    void withoutAMajorityNothingIsAcknowledged() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster.node(1), 1, 3);
            cluster.append(P0, "held by all");
            TestCluster.Node leader = cluster.leader(P0);
            List.copyOf(cluster.nodes()).stream()
                    .filter(node -> node.id != leader.id)
                    .forEach(node -> cluster.kill(node.id));

            assertThatThrownBy(() -> Futures.await(
                            leader.api().append(new AppendRequest(P0, TestCluster.batch("alone"), Acks.ALL, 500))))
                    .isInstanceOfSatisfying(
                            ThalwegException.class,
                            refused -> assertThat(refused.error())
                                    .isIn(
                                            ErrorCode.REQUEST_TIMED_OUT,
                                            ErrorCode.NOT_LEADER_OR_FOLLOWER,
                                            ErrorCode.NOT_ENOUGH_REPLICAS));
        }
    }

    private static void create(TestCluster.Node node, int partitions, int replicationFactor) {
        Futures.await(node.api()
                .topics()
                .create(new NewTopic("orders", partitions, (short) replicationFactor, Map.of(), Map.of()), false));
    }

    private static void append(TestCluster cluster, String prefix, List<String> acknowledged) {
        for (int i = 0; i < 50; i++) {
            cluster.append(P0, prefix + "-" + i);
            acknowledged.add(prefix + "-" + i);
        }
    }
}
