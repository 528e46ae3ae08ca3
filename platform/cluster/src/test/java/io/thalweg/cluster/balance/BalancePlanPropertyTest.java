package io.thalweg.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.BalanceBroker.Standing;
import io.thalweg.cluster.balance.Step.Kind;
import io.thalweg.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BalancePlanPropertyTest {

    private static final int STEPS_MAX = 20_000;

    @Seeds(count = 300)
    void aPlanThatIsCarriedOutIsEvenAndLeavesNothingToDo(long seed) {
        RandomCluster cluster = someCluster(seed);

        carryOut(cluster, seed);

        assertThat(cluster.plan(seed).moves()).isEmpty();
        assertThat(cluster.plan(seed + 1).moves()).isEmpty();
        for (PartitionState state : cluster.partitions.values()) {
            assertThat(state.replicas()).as("%s", state).doesNotHaveDuplicates().contains(state.leader());
            assertThat(cluster.standing(state.leader())).as("%s", state).isEqualTo(Standing.SERVING);
        }
        assertNoLeadershipCouldBeGiven(cluster);
    }

    @Seeds(count = 200)
    void withoutRacksReplicasAreEven(long seed) {
        RandomCluster cluster = RandomCluster.of(seed, 2 + (int) (seed % 6), 0);
        for (int topic = 0; topic < 4; topic++) {
            cluster.addAnywhere(
                    cluster.random.nextInt(25), 1 + cluster.random.nextInt(2), 1 + cluster.random.nextInt(2));
        }

        carryOut(cluster, seed);

        assertThat(cluster.spread(cluster.replicaCounts())).isLessThanOrEqualTo(1);
    }

    @Seeds(count = 200)
    void noMorePartitionsMoveThanMust(long seed) {
        RandomCluster cluster = RandomCluster.of(seed, 3, 0);
        cluster.addAnywhere(60, 3, 3);
        carryOut(cluster, seed);
        cluster.brokers.add(new BalanceBroker(4, null, Standing.SERVING));

        BalancePlan plan = cluster.plan(seed);

        // 180 replicas on 4 brokers are 45 each: 45 copies must be made, and not one more.
        int copies = plan.moves().stream()
                .mapToInt(move -> {
                    Set<Integer> added = new HashSet<>(move.to());
                    move.from().forEach(added::remove);
                    return added.size();
                })
                .sum();
        assertThat(copies).isEqualTo(45);
        assertThat(plan.shares().get(4))
                .isEqualTo(new BalancePlan.Share(
                        0, 45, 0, 15, 0, plan.shares().get(4).bytesAfter()));
    }

    @Seeds(count = 200)
    void aDrainedBrokerEndsEmpty(long seed) {
        RandomCluster cluster = RandomCluster.of(seed, 4 + (int) (seed % 3), (int) (seed % 3));
        cluster.addAnywhere(30, 3, 3);
        cluster.addAnywhere(5, 1, 1);
        cluster.stand(2, Standing.DRAINING);

        carryOut(cluster, seed);

        assertThat(cluster.replicaCounts().get(2)).isZero();
        assertThat(cluster.leaderCounts().get(2)).isZero();
        assertThat(cluster.partitions.values())
                .allMatch(state -> state.replicas().size() == state.replicationFactor());
    }

    @Seeds(count = 100)
    void aLostBrokerIsReplacedFirst(long seed) {
        RandomCluster cluster = RandomCluster.of(seed, 5, 0);
        cluster.addAnywhere(40, 3, 3);
        cluster.stand(1, Standing.LOST);
        loseLeadersAndSync(cluster, 1);

        BalancePlan plan = cluster.plan(seed);
        int lost = (int) cluster.partitions.values().stream()
                .filter(state -> state.replicas().contains(1))
                .count();

        assertThat(plan.moves().stream().limit(lost)).allMatch(move -> move.reason() == Move.Reason.LOST_BROKER);
        carryOut(cluster, seed);
        assertThat(cluster.replicaCounts().get(1)).isZero();
    }

    @Test
    void aBrokerThatIsAbsentForAShortTimeKeepsItsReplicas() {
        RandomCluster cluster = RandomCluster.of(7, 3, 0);
        cluster.addAnywhere(30, 3, 3);
        carryOut(cluster, 7);
        cluster.stand(1, Standing.ABSENT);
        loseLeadersAndSync(cluster, 1);

        BalancePlan plan = cluster.plan(7);

        assertThat(plan.moves()).allMatch(move -> move.reason() == Move.Reason.LEADER_BALANCE);
        assertThat(plan.unmet()).isEmpty();
        assertThat(plan.bytesToCopy()).isZero();
    }

    @Test
    void autoGrowsWithTheClusterAndDoesNotShrinkBecauseABrokerIsLost() {
        RandomCluster cluster = RandomCluster.of(1, 1, 0);
        cluster.addAnywhere(12, PartitionState.AUTO, 1);
        assertThat(cluster.plan(1).moves()).isEmpty();

        cluster.brokers.add(new BalanceBroker(2, null, Standing.SERVING));
        carryOut(cluster, 1);
        assertThat(cluster.partitions.values())
                .allMatch(state -> state.replicas().size() == 2);

        cluster.brokers.add(new BalanceBroker(3, null, Standing.SERVING));
        carryOut(cluster, 1);
        assertThat(cluster.partitions.values())
                .allMatch(state -> state.replicas().size() == 3);
        assertThat(cluster.spread(cluster.leaderCounts())).isZero();

        cluster.stand(3, Standing.LOST);
        loseLeadersAndSync(cluster, 3);
        BalancePlan plan = cluster.plan(1);
        assertThat(plan.moves()).allMatch(move -> move.to().size() == 3);
        assertThat(plan.unmet()).containsExactly("broker 3 is lost, and no other serves for its replicas");

        cluster.stand(3, Standing.DRAINING);
        carryOut(cluster, 1);
        assertThat(cluster.partitions.values())
                .allMatch(state -> state.replicas().size() == 2);
    }

    @Test
    void whatCannotBeDrainedStaysAndIsSaid() {
        RandomCluster cluster = RandomCluster.of(3, 2, 0);
        cluster.addAnywhere(4, 2, 2);
        cluster.stand(2, Standing.DRAINING);

        BalancePlan plan = cluster.plan(3);

        assertThat(plan.unmet()).containsExactly("broker 2 cannot be drained: no other serves for its replicas");
        assertThat(plan.moves()).allMatch(move -> move.to().contains(2) && move.leaderTo() == 1);
    }

    @Seeds(count = 50)
    void theSameArgumentsMakeTheSamePlan(long seed) {
        RandomCluster cluster = someCluster(seed);

        assertThat(cluster.plan(seed)).isEqualTo(cluster.plan(seed));
    }

    @Test
    void stepsKeepToTheLimits() {
        RandomCluster cluster = RandomCluster.of(5, 3, 0);
        cluster.addAnywhere(100, 2, 2);
        cluster.brokers.add(new BalanceBroker(4, null, Standing.SERVING));
        cluster.brokers.add(new BalanceBroker(5, null, Standing.SERVING));
        BalancePlan plan = cluster.plan(5);
        BalanceLimits limits = new BalanceLimits(5, 3, 2, 1);

        List<Step> first = plan.next(cluster.partitions.values(), List.of(), limits);

        assertThat(first.stream().filter(step -> step.kind() == Kind.ADD_REPLICA))
                .hasSize(5);
        assertThat(first.stream().filter(step -> step.kind() == Kind.ADD_REPLICA && step.broker() == 4))
                .hasSizeLessThanOrEqualTo(3);
        assertThat(first.stream().filter(step -> step.kind() == Kind.MOVE_LEADER))
                .hasSizeLessThanOrEqualTo(2);
        assertThat(plan.next(cluster.partitions.values(), first, limits))
                .noneMatch(step -> step.kind() == Kind.ADD_REPLICA);
    }

    @Test
    void aReplicaThatCatchesUpHoldsTheMoveBack() {
        RandomCluster cluster = RandomCluster.of(1, 3, 0);
        PartitionId partition = new PartitionId(cluster.newTopic(), 0);
        cluster.put(new PartitionState(partition, List.of(1, 2), 1, List.of(1, 2), 2, 10));
        cluster.stand(2, Standing.DRAINING);
        BalancePlan plan = cluster.plan(1);
        assertThat(plan.next(cluster.partitions.values(), List.of(), BalanceLimits.DEFAULT))
                .containsExactly(new Step(partition, Kind.ADD_REPLICA, 3));

        cluster.put(new PartitionState(partition, List.of(1, 2, 3), 1, List.of(1, 2), 2, 10));
        assertThat(plan.next(cluster.partitions.values(), List.of(), BalanceLimits.DEFAULT))
                .isEmpty();

        cluster.put(new PartitionState(partition, List.of(1, 2, 3), 1, List.of(1, 2, 3), 2, 10));
        assertThat(plan.next(cluster.partitions.values(), List.of(), BalanceLimits.DEFAULT))
                .containsExactly(new Step(partition, Kind.REMOVE_REPLICA, 2));
    }

    private static RandomCluster someCluster(long seed) {
        RandomCluster cluster = RandomCluster.of(seed, 2 + (int) (seed % 7), (int) (seed % 4));
        for (int topic = 0; topic < 4; topic++) {
            int factor = cluster.random.nextInt(4);
            cluster.addAnywhere(cluster.random.nextInt(25), factor, 1 + cluster.random.nextInt(3));
        }
        if (cluster.brokers.size() > 4) {
            Standing standing = Standing.values()[cluster.random.nextInt(4)];
            cluster.stand(3, standing);
            if (standing == Standing.ABSENT || standing == Standing.LOST) {
                loseLeadersAndSync(cluster, 3);
            }
        }
        return cluster;
    }

    /** Broker that is gone: another replica leads, as its log decided; where there is none, nobody. */
    private static void loseLeadersAndSync(RandomCluster cluster, int gone) {
        Map<PartitionId, PartitionState> changed = new HashMap<>();
        cluster.partitions.forEach((id, state) -> {
            List<Integer> inSync = new ArrayList<>(state.inSync());
            inSync.remove((Integer) gone);
            int leader = state.leader() == gone
                    ? inSync.stream().findFirst().orElse(PartitionState.NO_LEADER)
                    : state.leader();
            changed.put(
                    id,
                    new PartitionState(id, state.replicas(), leader, inSync, state.replicationFactor(), state.bytes()));
        });
        changed.values().removeIf(state -> state.leader() == PartitionState.NO_LEADER);
        cluster.partitions.clear();
        cluster.partitions.putAll(changed);
    }

    /** Plans once and does step after step, as a controller; each must keep the rules of the package. */
    private static void carryOut(RandomCluster cluster, long seed) {
        BalancePlan plan = cluster.plan(seed);
        for (int done = 0; done < STEPS_MAX; ) {
            List<Step> steps = plan.next(cluster.partitions.values(), List.of(), BalanceLimits.DEFAULT);
            if (steps.isEmpty()) {
                return;
            }
            assertThat(steps.stream().map(Step::partition)).doesNotHaveDuplicates();
            for (Step step : steps) {
                check(cluster, plan, step);
                cluster.carryOut(step);
                done++;
            }
        }
        throw new AssertionError("the plan does not end: " + plan.moves());
    }

    private static void check(RandomCluster cluster, BalancePlan plan, Step step) {
        PartitionState state = cluster.partitions.get(step.partition());
        switch (step.kind()) {
            case ADD_REPLICA -> {
                assertThat(cluster.standing(step.broker())).isEqualTo(Standing.SERVING);
                assertThat(state.replicas()).doesNotContain(step.broker());
            }
            case MOVE_LEADER -> {
                assertThat(state.inSync()).contains(step.broker());
                assertThat(step.broker()).isNotEqualTo(state.leader());
            }
            case REMOVE_REPLICA -> {
                assertThat(step.broker()).isNotEqualTo(state.leader());
                Move move = plan.moves().stream()
                        .filter(one -> one.partition().equals(step.partition()))
                        .findFirst()
                        .orElseThrow();
                assertThat(state.replicas().size()).isGreaterThan(move.to().size());
            }
        }
    }

    /** Leaders are as even as the replicas allow: no chain of leaderships leads from a broker to one that leads two fewer. */
    private static void assertNoLeadershipCouldBeGiven(RandomCluster cluster) {
        Map<Integer, Integer> leaders = cluster.leaderCounts();
        for (BalanceBroker giver : cluster.brokers) {
            Set<Integer> reached = new HashSet<>(Set.of(giver.id()));
            while (reached.addAll(cluster.partitions.values().stream()
                    .filter(state -> reached.contains(state.leader()))
                    .flatMap(state -> state.replicas().stream())
                    .filter(broker -> cluster.standing(broker) == Standing.SERVING)
                    .toList())) {
                // until nobody else is reached
            }
            assertThat(reached)
                    .as("giver=%s leaders=%s of %s", giver, leaders, cluster.partitions.values())
                    .allMatch(taker -> leaders.get(taker) > leaders.get(giver.id()) - 2);
        }
    }
}
