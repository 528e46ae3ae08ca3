package io.thalweg.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.Controller.Command;
import io.thalweg.broker.metadata.Controller.Decision;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRecord;
import io.thalweg.broker.metadata.TopicPlacement;
import io.thalweg.broker.metadata.TopicPlacement.Placed;
import io.thalweg.cluster.PartitionId;
import io.thalweg.log.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MoveCommandsTest {

    private static final Uuid TOPIC = new Uuid(4, 2);
    private static final TopicPartition NAME = new TopicPartition("orders", 0);
    private static final PartitionId ID = PartitionIds.of(TOPIC, 0);

    private MetadataImage image;

    @BeforeEach
    void oneReplica() {
        MetadataImage.Draft draft = MetadataImage.EMPTY.draft();
        for (int broker = 1; broker <= 4; broker++) {
            draft.apply(new BrokerRecord(broker, 1, null, new Uuid(broker, 0), 5, Map.of(), false));
        }
        draft.apply(new TopicRecord(
                new TopicView(
                        "orders", TOPIC, false, List.of(new PartitionView(0, 1, 3, List.of(1), List.of(1))), Map.of()),
                false,
                new TopicPlacement(TopicPlacement.AUTO, List.of(new Placed(false, List.of(1), List.of(5))))));
        image = draft.build();
    }

    @Test
    void aPartitionThatStoodAloneGrowsFromTheOneThatHoldsIt() {
        carryOut(MoveCommands.begin(ID, 2));
        assertThat(partition().replicas()).containsExactly(1);
        assertThat(partition().target()).containsExactly(1, 2);
        assertThat(placed()).isEqualTo(new Placed(true, List.of(1), List.of(5)));

        carryOut(MoveCommands.added(ID, 2));
        assertThat(partition().replicas()).containsExactly(1, 2);
        assertThat(partition().target()).isEmpty();

        carryOut(MoveCommands.preferred(ID, 2));
        carryOut(MoveCommands.removed(ID, 1));
        assertThat(partition().replicas()).containsExactly(2);
        assertThat(placed().beganIn(1, 5)).isFalse();
        assertThat(placed().firstVoters()).containsExactly(1);
    }

    @Test
    void eachStepMayBeTakenAgain() {
        for (Command<Void> step : List.of(
                MoveCommands.begin(ID, 2),
                MoveCommands.added(ID, 2),
                MoveCommands.preferred(ID, 2),
                MoveCommands.removed(ID, 1))) {
            carryOut(step);
            MetadataImage once = image;
            carryOut(step);
            assertThat(image.topics()).isEqualTo(once.topics());
            assertThat(image.placements()).isEqualTo(once.placements());
        }
        assertThat(partition().replicas()).containsExactly(2);
        carryOut(MoveCommands.removed(ID, 2));
        assertThat(partition().replicas()).containsExactly(2);
    }

    @Test
    void anOrderStandsUntilItIsSoInItsOrder() {
        assertThat(carryOut(MoveCommands.order(Map.of(NAME, List.of(3, 2))))).isEqualTo(Map.of(NAME, ErrorCode.NONE));
        assertThat(partition().target()).containsExactly(3, 2);
        assertThat(placed().ordered()).isTrue();
        assertThat(image.placement(TOPIC).wanted(0)).isEqualTo(2);
        assertThat(image.placement(TOPIC).wanted(1)).isEqualTo(TopicPlacement.AUTO);

        carryOut(MoveCommands.added(ID, 3));
        carryOut(MoveCommands.added(ID, 2));
        carryOut(MoveCommands.finished(ID));
        assertThat(partition().target()).containsExactly(3, 2);
        carryOut(MoveCommands.removed(ID, 1));
        carryOut(MoveCommands.finished(ID));

        assertThat(partition().replicas()).containsExactly(3, 2);
        assertThat(partition().target()).isEmpty();
        assertThat(placed().ordered()).isFalse();
    }

    @Test
    void ordersThatMakeNoSenseAreRefusedOneByOne() {
        TopicPartition unknown = new TopicPartition("orders", 1);
        assertThat(carryOut(MoveCommands.order(Map.of(NAME, List.of(9), unknown, List.of(1)))))
                .isEqualTo(Map.of(
                        NAME, ErrorCode.INVALID_REPLICA_ASSIGNMENT, unknown, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        assertThat(carryOut(MoveCommands.order(Map.of(NAME, List.of(2, 2)))))
                .isEqualTo(Map.of(NAME, ErrorCode.INVALID_REPLICA_ASSIGNMENT));
        assertThat(carryOut(MoveCommands.order(Map.of(NAME, List.of()))))
                .isEqualTo(Map.of(NAME, ErrorCode.NO_REASSIGNMENT_IN_PROGRESS));
        assertThat(partition().target()).isEmpty();
    }

    @Test
    void whatTheBalanceGivesUpIsNotAnOperatorsOrder() {
        carryOut(MoveCommands.begin(ID, 2));
        carryOut(MoveCommands.order(Map.of(NAME, List.of(3, 1))));

        carryOut(MoveCommands.cancelled(ID));

        assertThat(partition().target()).containsExactly(3, 1);
        assertThat(placed().ordered()).isTrue();
    }

    @Test
    void anOrderCanBeTakenBack() {
        carryOut(MoveCommands.order(Map.of(NAME, List.of(3))));

        assertThat(carryOut(MoveCommands.order(Map.of(NAME, List.of())))).isEqualTo(Map.of(NAME, ErrorCode.NONE));

        assertThat(partition().target()).isEmpty();
        assertThat(placed().ordered()).isFalse();
    }

    @Test
    void whatWasMadeBeforeThereWasAClusterBeganInTheFirstDirectory() {
        assertThat(Placed.ALONE.beganIn(1, 0)).isTrue();
        assertThat(Placed.ALONE.beganIn(1, 1)).isFalse();
        assertThat(Placed.ALONE.replicatedFrom(1)).isEqualTo(new Placed(true, List.of(1), List.of(0)));
    }

    @Test
    void anUncleanElectionLeavesOneReplicaThatDecides() {
        carryOut(MoveCommands.begin(ID, 2));
        carryOut(MoveCommands.added(ID, 2));
        carryOut(MoveCommands.begin(ID, 3));

        carryOut(MoveCommands.unclean(ID, 2, 1_007));

        assertThat(partition().replicas()).containsExactly(2);
        assertThat(partition().target()).isEmpty();
        assertThat(placed()).isEqualTo(new Placed(true, List.of(2), List.of(5), false, 0, 1_007));
        assertThat(placed().without(2).uncleanEpoch()).isEqualTo(1_007);
    }

    @Test
    void aPartitionThatStandsAloneBeginsAnewOnTheDiskThatThereIs() {
        MetadataImage.Draft draft = image.draft();
        draft.apply(new BrokerRecord(1, 2, null, new Uuid(9, 0), 6, Map.of(), false));
        image = draft.build();
        assertThat(image.isLost(TOPIC, partition())).isTrue();

        carryOut(MoveCommands.unclean(ID, 1, 0));

        assertThat(image.isLost(TOPIC, partition())).isFalse();
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(4);
    }

    private PartitionView partition() {
        return image.topics().get("orders").partitions().get(0);
    }

    private Placed placed() {
        TopicPlacement placement = image.placement(TOPIC);
        return placement.partition(0);
    }

    private <T> T carryOut(Command<T> command) {
        MetadataImage.Draft draft = image.draft();
        Decision<T> decision = command.decide(draft);
        List<MetadataRecord> records = new ArrayList<>(decision.records());
        records.forEach(draft::apply);
        image = draft.build();
        return decision.answer().apply(image);
    }
}
