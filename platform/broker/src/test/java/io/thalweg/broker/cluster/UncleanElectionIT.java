package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that are gone for good, and operators who say so. */
class UncleanElectionIT {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    @Test
    void aReplicaThatIsLeftLeadsWhenAnOperatorSaysSo() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster, List.of(2, 3));
            cluster.append(P0, "held by both");
            TestCluster.await("three decide about metadata", () -> cluster.metadataVoters() == 3);
            assertThat(elect(cluster)).isEqualTo(ErrorCode.ELECTION_NOT_NEEDED);
            int killed = cluster.leader(P0).id;
            int left = 5 - killed;

            cluster.kill(killed);
            TestCluster.await("nobody leads", () -> cluster.partition(P0).leader() == -1);
            assertThat(Futures.await(cluster.any().api().admin().electLeaders(List.of(P0))))
                    .isEqualTo(Map.of(P0, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE));
            TestCluster.await("it is chosen", () -> elect(cluster) == ErrorCode.NONE);

            cluster.append(P0, "held by one");
            assertThat(cluster.partition(P0).leader()).isEqualTo(left);
            assertThat(cluster.values(P0)).containsExactly("held by both", "held by one");

            // What it had counts for nothing any more; it gets what there is.
            cluster.begin(killed).broker();
            TestCluster.await(
                    "two replicas again",
                    () -> cluster.partition(P0).inSyncReplicas().size() == 2);
            cluster.append(P0, "held by two");
            assertThat(cluster.values(P0)).containsExactly("held by both", "held by one", "held by two");
        }
    }

    @Test
    void whoHeldAloneAndLostItsDiskDoesNotBeginAnewByItself() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            Futures.await(cluster.any().api().admin().pause(true));
            create(cluster, List.of(3));
            cluster.append(P0, "lost");

            cluster.kill(3);
            cluster.wipe(3);
            TestCluster.Node wiped = cluster.begin(3);
            wiped.broker();
            TestCluster.await(
                    "it is known what it is",
                    () -> cluster.any().api().cluster().brokers().stream().allMatch(broker -> broker.alive()));

            assertThat(cluster.partition(P0).leader()).isEqualTo(-1);
            assertThatThrownBy(() -> Futures.await(
                            wiped.api().append(new AppendRequest(P0, TestCluster.batch("x"), Acks.LEADER, 1_000))))
                    .isInstanceOfSatisfying(
                            ThalwegException.class,
                            refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));

            assertThat(elect(cluster)).isEqualTo(ErrorCode.NONE);
            cluster.append(P0, "anew");
            assertThat(cluster.values(P0)).containsExactly("anew");
        }
    }

    @Test
    void aReplicatedPartitionIsNotBegunAnewByTheOnlyVoterWithoutItsDisk() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            create(cluster, List.of(3));
            cluster.append(P0, "lost");
            // It is replicated, with one voter: another was added, and taken away.
            Futures.await(cluster.any().api().admin().reassign(Map.of(P0, List.of(3, 2))));
            TestCluster.await(
                    "two replicas",
                    () -> cluster.partition(P0).replicas().equals(List.of(3, 2))
                            && cluster.partition(P0).target().isEmpty());
            Futures.await(cluster.any().api().admin().reassign(Map.of(P0, List.of(3))));
            TestCluster.await(
                    "one replica",
                    () -> cluster.partition(P0).replicas().equals(List.of(3))
                            && cluster.partition(P0).target().isEmpty());
            Futures.await(cluster.any().api().admin().pause(true));

            cluster.kill(3);
            cluster.wipe(3);
            cluster.begin(3).broker();
            TestCluster.await("it is chosen", () -> elect(cluster) == ErrorCode.NONE);

            cluster.append(P0, "anew");
            assertThat(cluster.values(P0)).containsExactly("anew");
        }
    }

    private static ErrorCode elect(TestCluster cluster) {
        return Futures.await(cluster.any().api().admin().electUncleanLeaders(List.of(P0)))
                .get(P0);
    }

    private static void create(TestCluster cluster, List<Integer> replicas) {
        Futures.await(cluster.any()
                .api()
                .topics()
                .create(new NewTopic("orders", -1, (short) -1, Map.of(0, replicas), Map.of()), false));
    }
}
