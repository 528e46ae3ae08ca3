package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.log.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens by itself when brokers come and go. */
class GrowthIT {

    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    /** What it is asked to lead in its first moments its clients wait for, and nobody needs it to. */
    @Test
    void whoReturnsIsGivenItsShareOnceItHasSettledIn() {
        Duration leadAfter = Duration.ofSeconds(4);
        try (TestCluster cluster =
                new TestCluster(directory).leadingAfter(leadAfter).start(3)) {
            Futures.await(cluster.node(1)
                    .api()
                    .topics()
                    .create(new NewTopic("orders", 6, (short) 3, Map.of(), Map.of()), false));
            cluster.append(P0, "before");
            cluster.stop(3);
            TestCluster.await("others lead", () -> leaders(cluster).keySet().equals(Set.of(1, 2)));

            long began = System.nanoTime();
            cluster.begin(3).broker();
            TestCluster.await("it leads its share", () -> leaders(cluster).containsKey(3));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(leadAfter);
        }
    }

    @Test
    void topicsAndMetadataGrowOntoBrokersThatCome() {
        try (TestCluster cluster = new TestCluster(directory).start(1)) {
            Futures.await(cluster.node(1).api().topics().create(NewTopic.named("orders", 6), false));
            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                cluster.append(P0, "alone-" + i);
                acknowledged.add("alone-" + i);
            }
            assertThat(cluster.partition(P0).replicas()).containsExactly(1);

            cluster.begin(2).broker();
            cluster.begin(3).broker();
            for (int i = 0; i < 50; i++) {
                cluster.append(P0, "growing-" + i);
                acknowledged.add("growing-" + i);
            }
            awaitReplicas(cluster, 3);
            TestCluster.await("every broker leads two", () -> leaders(cluster).equals(Map.of(1, 2L, 2, 2L, 3, 2L)));
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
            TestCluster.await("three decide about metadata", () -> cluster.metadataVoters() == 3);

            cluster.kill(1);
            cluster.append(P0, "without the first");
            acknowledged.add("without the first");
            assertThat(cluster.values(P0)).containsExactlyElementsOf(acknowledged);
            TestCluster.await(
                    "a controller among the others",
                    () -> cluster.node(2).api().cluster().controllerId() > 1);
            Futures.await(cluster.node(3).api().topics().create(NewTopic.named("more", 1), false));
        }
    }

    @Test
    void aDrainedBrokerHoldsNothing() {
        try (TestCluster cluster = new TestCluster(directory).start(4)) {
            Futures.await(cluster.node(1)
                    .api()
                    .topics()
                    .create(new NewTopic("orders", 4, (short) 3, Map.of(), Map.of()), false));
            cluster.append(P0, "before");

            Futures.await(cluster.node(2).api().admin().drain(4, true));

            TestCluster.await(
                    "broker 4 holds nothing",
                    () -> cluster.node(1).api().cluster().topic("orders").partitions().stream()
                            .allMatch(partition -> !partition.replicas().contains(4)
                                    && partition.replicas().size() == 3
                                    && partition.inSyncReplicas().size() == 3));
            cluster.append(P0, "after");
            assertThat(cluster.values(P0)).containsExactly("before", "after");
        }
    }

    @Test
    void anOperatorMovesAPartition() {
        try (TestCluster cluster = new TestCluster(directory).start(3)) {
            Futures.await(cluster.node(1)
                    .api()
                    .topics()
                    .create(new NewTopic("orders", -1, (short) -1, Map.of(0, List.of(1)), Map.of()), false));
            cluster.append(P0, "before");

            assertThat(Futures.await(cluster.node(3).api().admin().reassign(Map.of(P0, List.of(3, 2)))))
                    .isEqualTo(Map.of(P0, ErrorCode.NONE));

            TestCluster.await("it is there", () -> {
                PartitionView partition = cluster.partition(P0);
                return partition.replicas().equals(List.of(3, 2))
                        && partition.target().isEmpty()
                        && partition.leader() == 3;
            });
            cluster.append(P0, "after");
            assertThat(cluster.values(P0)).containsExactly("before", "after");
            assertThat(Futures.await(cluster.node(2).api().admin().reassign(Map.of(P0, List.of()))))
                    .isEqualTo(Map.of(P0, ErrorCode.NO_REASSIGNMENT_IN_PROGRESS));
        }
    }

    private static void awaitReplicas(TestCluster cluster, int count) {
        TestCluster.await(
                "every partition has " + count + " replicas in sync",
                () -> cluster.any().api().cluster().topic("orders").partitions().stream()
                        .allMatch(partition -> partition.replicas().size() == count
                                && Set.copyOf(partition.inSyncReplicas()).equals(Set.copyOf(partition.replicas()))));
    }

    private static Map<Integer, Long> leaders(TestCluster cluster) {
        return cluster.any().api().cluster().topic("orders").partitions().stream()
                .collect(Collectors.groupingBy(PartitionView::leader, Collectors.counting()));
    }
}
