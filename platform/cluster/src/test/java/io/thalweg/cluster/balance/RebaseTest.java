package io.thalweg.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.BalanceBroker.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RebaseTest {

    private static final long SEED = 7;
    private static final UUID TOPIC = new UUID(1, 1);

    /** Alone on broker 1; brokers 2 and 3 have just come. */
    private final List<PartitionState> before = List.of(lone(TOPIC, 0), lone(TOPIC, 1), lone(TOPIC, 2));

    private final List<BalanceBroker> brokers = brokers(Standing.SERVING);
    private final BalancePlan plan = BalancePlan.of(brokers, before, SEED);

    @Test
    void aTopicThatIsMadeMeanwhileDelaysNothing() {
        assertThat(plan.moves()).hasSize(3);
        List<PartitionState> now = new ArrayList<>(before);
        now.add(lone(new UUID(2, 2), 0));

        assertThat(plan.rebase(before, now, brokers).moves()).isEqualTo(plan.moves());
    }

    @Test
    void aTopicThatIsDeletedMeanwhileCostsItsOwnMovesAlone() {
        List<PartitionState> now = before.subList(0, 2);

        assertThat(plan.rebase(before, now, brokers).moves())
                .extracting(move -> move.partition().partition())
                .containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void whatWasMovedMeanwhileIsNotMovedByAPlanForWhereItWas() {
        List<PartitionState> now = new ArrayList<>(before);
        now.set(1, new PartitionState(id(TOPIC, 1), List.of(2), 2, List.of(2), PartitionState.AUTO, 0));

        assertThat(plan.rebase(before, now, brokers).moves())
                .extracting(move -> move.partition().partition())
                .containsExactlyInAnyOrder(0, 2);
    }

    @Test
    void anotherReplicationFactorNeedsAnotherPlan() {
        List<PartitionState> now = new ArrayList<>(before);
        now.set(0, new PartitionState(id(TOPIC, 0), List.of(1), 1, List.of(1), 2, 0));

        assertThat(plan.rebase(before, now, brokers).moves())
                .extracting(move -> move.partition().partition())
                .containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void nothingNewIsGivenToABrokerThatWentOrIsToGo() {
        for (Standing standing : List.of(Standing.ABSENT, Standing.DRAINING, Standing.LOST)) {
            assertThat(plan.rebase(before, before, brokers(standing)).moves())
                    .as("%s", standing)
                    .isEmpty();
        }
        assertThat(plan.rebase(before, before, brokers.subList(0, 2)).moves()).isEmpty();
    }

    @Test
    void whoHoldsAReplicaMayBeAwayWhileAnotherIsAdded() {
        List<PartitionState> two =
                List.of(new PartitionState(id(TOPIC, 0), List.of(1, 3), 1, List.of(1, 3), PartitionState.AUTO, 0));
        BalancePlan third = BalancePlan.of(brokers, two, SEED);
        assertThat(third.moves()).hasSize(1);

        assertThat(third.rebase(two, two, brokers(Standing.ABSENT)).moves()).isEqualTo(third.moves());
    }

    @Test
    void aLeadershipIsMovedOnlyIfItIsStillWhereItWas() {
        List<PartitionState> led = List.of(replicated(0, 1), replicated(1, 1), replicated(2, 1));
        BalancePlan spread = BalancePlan.of(brokers, led, SEED);
        assertThat(spread.moves()).hasSize(2);
        List<PartitionState> now = List.of(replicated(0, 2), replicated(1, 2), replicated(2, 2));

        assertThat(spread.rebase(led, now, brokers).moves()).isEmpty();
        assertThat(spread.rebase(led, led, brokers).moves()).isEqualTo(spread.moves());
    }

    private static List<BalanceBroker> brokers(Standing third) {
        return List.of(
                new BalanceBroker(1, null, Standing.SERVING),
                new BalanceBroker(2, null, Standing.SERVING),
                new BalanceBroker(3, null, third));
    }

    private static PartitionId id(UUID topic, int partition) {
        return new PartitionId(topic, partition);
    }

    private static PartitionState lone(UUID topic, int partition) {
        return new PartitionState(id(topic, partition), List.of(1), 1, List.of(1), PartitionState.AUTO, 0);
    }

    private static PartitionState replicated(int partition, int leader) {
        return new PartitionState(
                id(TOPIC, partition), List.of(1, 2, 3), leader, List.of(1, 2, 3), PartitionState.AUTO, 0);
    }
}
