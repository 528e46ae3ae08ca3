package io.thalweg.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.BalanceBroker.Standing;
import io.thalweg.testkit.Seeds;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReplicaPlacementPropertyTest {

    @Seeds(count = 300)
    void everyPartitionIsOnBrokersThatServeAndInAsManyRacksAsCanBe(long seed) {
        RandomCluster cluster = someCluster(seed);
        int serving = serving(cluster);
        int replicas = 1 + cluster.random.nextInt(Math.min(serving, 5));
        long racks = cluster.racks(cluster.brokers.stream()
                .filter(broker -> broker.standing() == Standing.SERVING)
                .map(BalanceBroker::id)
                .toList());

        List<List<Integer>> placed = place(cluster, cluster.newTopic(), 1 + cluster.random.nextInt(40), replicas, seed);

        for (List<Integer> partition : placed) {
            assertThat(new HashSet<>(partition)).hasSize(replicas);
            assertThat(partition).allMatch(broker -> cluster.standing(broker) == Standing.SERVING);
            assertThat(cluster.racks(partition)).isEqualTo(Math.min(replicas, racks));
        }
    }

    @Seeds(count = 300)
    void withoutRacksReplicasAndLeadersOfATopicAreEven(long seed) {
        RandomCluster cluster = RandomCluster.of(seed, 1 + (int) (seed % 7), 0);
        int replicas = 1 + cluster.random.nextInt(Math.min(cluster.brokers.size(), 3));
        UUID topic = cluster.newTopic();

        int index = 0;
        for (List<Integer> partition : place(cluster, topic, 1 + cluster.random.nextInt(50), replicas, seed)) {
            cluster.put(new PartitionState(
                    new PartitionId(topic, index++), partition, partition.get(0), partition, replicas, 0));
        }

        assertThat(cluster.spread(cluster.replicaCounts())).isLessThanOrEqualTo(1);
        assertThat(cluster.spread(cluster.leaderCounts())).isLessThanOrEqualTo(1);
    }

    @Seeds(count = 100)
    void manyTopicsOfOnePartitionAreEvenTogether(long seed) {
        RandomCluster cluster = RandomCluster.of(seed, 3, 0);
        for (int i = 0; i < 30; i++) {
            UUID topic = cluster.newTopic();
            List<Integer> partition = place(cluster, topic, 1, 1, seed).get(0);
            cluster.put(new PartitionState(new PartitionId(topic, 0), partition, partition.get(0), partition, 1, 0));
        }

        assertThat(cluster.spread(cluster.replicaCounts())).isZero();
        assertThat(cluster.spread(cluster.leaderCounts())).isZero();
    }

    @Seeds(count = 50)
    void theSameArgumentsGiveTheSame(long seed) {
        RandomCluster cluster = someCluster(seed);
        UUID topic = cluster.newTopic();

        assertThat(place(cluster, topic, 20, 1, seed)).isEqualTo(place(cluster, topic, 20, 1, seed));
    }

    @Test
    void moreReplicasThanBrokersAreRefused() {
        RandomCluster cluster = RandomCluster.of(1, 2, 0);

        assertThatThrownBy(() -> place(cluster, cluster.newTopic(), 1, 3, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("replicationFactor=3 but brokers serving=2; at least 1 and at most those");
        assertThat(place(cluster, cluster.newTopic(), 1, PartitionState.AUTO, 1).get(0))
                .hasSize(2);
    }

    private static RandomCluster someCluster(long seed) {
        RandomCluster cluster = RandomCluster.of(seed, 2 + (int) (seed % 9), (int) (seed % 4));
        for (int topic = 0; topic < 3; topic++) {
            cluster.addAnywhere(cluster.random.nextInt(20), 1, 1 + cluster.random.nextInt(3));
        }
        for (BalanceBroker broker : List.copyOf(cluster.brokers)) {
            if (broker.id() > 2 && cluster.random.nextInt(5) == 0) {
                cluster.stand(broker.id(), Standing.values()[1 + cluster.random.nextInt(3)]);
            }
        }
        return cluster;
    }

    private static int serving(RandomCluster cluster) {
        return (int) cluster.brokers.stream()
                .filter(broker -> broker.standing() == Standing.SERVING)
                .count();
    }

    private static List<List<Integer>> place(
            RandomCluster cluster, UUID topic, int partitions, int replicas, long seed) {
        return ReplicaPlacement.place(
                topic, cluster.brokers, cluster.partitions.values(), 0, partitions, replicas, seed);
    }
}
