package io.thalweg.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.PartitionId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What nodes publish, over real Hazelcast members. */
class OwnershipIT {

    private static final UUID TOPIC = new UUID(1, 2);

    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    @Test
    void whatALeaderPublishesEverybodyReads() {
        TestNode one = start(1);
        TestNode two = start(2, one);
        Ownership entry =
                new Ownership(new PartitionId(TOPIC, 7), 1, 3, List.of(1, 2), List.of(1), 100, 110, List.of(110L, -1L));

        one.cluster.ownership().publish(List.of(entry));

        assertThat(one.cluster.ownership().ownership(entry.partition())).isEqualTo(entry);
        assertThat(TestNode.next(two.changes)).containsExactly(entry);
        assertThat(two.cluster.ownership().ownerships()).containsOnly(java.util.Map.entry(entry.partition(), entry));
    }

    @Test
    void theGreatestEpochIsShownWhoeverPublishesLast() {
        TestNode one = start(1);
        TestNode two = start(2, one);
        TestNode three = start(3, one);
        PartitionId partition = new PartitionId(TOPIC, 0);
        two.cluster.ownership().publish(List.of(ownership(0, 2, 5)));
        three.awaitOwnership(() -> leaderSeenBy(three, partition) == 2);
        one.awaitOwnership(() -> leaderSeenBy(one, partition) == 2);

        // An earlier leader that has not heard of it, and a sign that what it said has arrived.
        one.cluster.ownership().publish(List.of(ownership(0, 1, 4), ownership(1, 1, 1)));
        three.awaitOwnership(() -> leaderSeenBy(three, new PartitionId(TOPIC, 1)) == 1);

        assertThat(leaderSeenBy(three, partition)).isEqualTo(2);
        assertThat(leaderSeenBy(one, partition)).isEqualTo(2);

        one.cluster.ownership().publish(List.of(ownership(0, 1, 6)));
        three.awaitOwnership(() -> leaderSeenBy(three, partition) == 1);
        two.awaitOwnership(() -> leaderSeenBy(two, partition) == 1);
    }

    @Test
    void whoComesLaterReadsWhatWasPublishedBefore() {
        TestNode one = start(1);
        List<Ownership> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(ownership(i, 1, 1));
        }
        one.cluster.ownership().publish(many);
        TestNode two = start(2, one);

        two.awaitOwnership(() -> two.cluster.ownership().ownerships().size() == 2_000);
    }

    @Test
    void whatIsWithdrawnGoes() {
        TestNode one = start(1);
        TestNode two = start(2, one);
        one.cluster.ownership().publish(List.of(ownership(0, 1, 1)));
        two.awaitOwnership(() -> leaderSeenBy(two, new PartitionId(TOPIC, 0)) == 1);
        two.gone.clear();

        one.cluster.ownership().withdraw(List.of(new PartitionId(TOPIC, 0)));

        assertThat(TestNode.next(two.gone)).containsExactly(new PartitionId(TOPIC, 0));
        assertThat(one.cluster.ownership().ownerships()).isEmpty();
    }

    private static int leaderSeenBy(TestNode node, PartitionId partition) {
        Ownership entry = node.cluster.ownership().ownership(partition);
        return entry == null ? -1 : entry.leader();
    }

    private static Ownership ownership(int partition, int leader, int epoch) {
        return new Ownership(
                new PartitionId(TOPIC, partition),
                leader,
                epoch,
                List.of(1, 2, 3),
                List.of(leader),
                0,
                0,
                List.of(0L, 0L, 0L));
    }

    private TestNode start(int brokerId, TestNode... others) {
        TestNode node = TestNode.start(brokerId, others);
        nodes.add(node);
        return node;
    }
}
