package io.thalweg.connectors.runtime.spread;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SeatAssignorTest {

    private static final String TOPIC = "__connect_configs";
    private static final Cluster CLUSTER = new Cluster(
            "c",
            List.of(),
            List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])),
            Set.of(),
            Set.of());

    private static Subscription member(boolean held) {
        SeatAssignor assignor = new SeatAssignor();
        assignor.held(held);
        return new Subscription(List.of(TOPIC), assignor.subscriptionUserData(Set.of(TOPIC)));
    }

    private static Map<String, Assignment> assign(Map<String, Subscription> members) {
        return new SeatAssignor()
                .assign(CLUSTER, new GroupSubscription(members))
                .groupAssignment();
    }

    @Test
    void oneMemberIsSeatedAndTheOthersAreToldThatTheyAreNot() {
        Map<String, Assignment> assigned = assign(Map.of("c", member(false), "a", member(false), "b", member(false)));

        assertThat(assigned).containsOnlyKeys("a", "b", "c");
        assertThat(assigned.get("a").partitions()).containsExactly(new TopicPartition(TOPIC, 0));
        assertThat(assigned.get("b").partitions()).isEmpty();
        assertThat(assigned.get("c").partitions()).isEmpty();
    }

    @Test
    void whoWasSeatedStaysSeatedWhoeverComes() {
        Map<String, Assignment> assigned = assign(Map.of("a", member(false), "b", member(true)));

        assertThat(assigned.get("b").partitions()).hasSize(1);
        assertThat(assigned.get("a").partitions()).isEmpty();
    }

    @Test
    void oneIsSeatedWhenTwoSayThatTheyWere() {
        Map<String, Assignment> assigned = assign(Map.of("a", member(true), "b", member(true)));

        assertThat(assigned.values().stream()
                        .mapToInt(a -> a.partitions().size())
                        .sum())
                .isEqualTo(1);
    }

    @Test
    void aMemberThatSaysNothingIsTakenToHaveHeldNothing() {
        Map<String, Assignment> assigned = assign(Map.of(
                "a", new Subscription(List.of(TOPIC), null),
                "b", new Subscription(List.of(TOPIC), ByteBuffer.allocate(0)),
                "c", member(true)));

        assertThat(assigned.get("c").partitions()).hasSize(1);
    }
}
