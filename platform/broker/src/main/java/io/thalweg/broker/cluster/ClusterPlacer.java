package io.thalweg.broker.cluster;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.Placer;
import io.thalweg.broker.metadata.TopicPlacement;
import io.thalweg.broker.metadata.TopicPlacement.Placed;
import io.thalweg.cluster.balance.BalanceBroker;
import io.thalweg.cluster.balance.BalanceBroker.Standing;
import io.thalweg.cluster.balance.PartitionState;
import io.thalweg.cluster.balance.ReplicaPlacement;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntPredicate;
import org.apache.kafka.common.Uuid;

/** Spreads replicas over the brokers that are here, by rack and by load. On the controller's context. */
final class ClusterPlacer implements Placer {

    private final IntPredicate alive;

    /** @param alive whether a broker can be reached, as far as is known; this node can */
    ClusterPlacer(IntPredicate alive) {
        this.alive = alive;
    }

    @Override
    public List<List<Integer>> place(
            MetadataImage.Draft state, Uuid topicId, int from, int count, int replicationFactor) {
        List<BalanceBroker> brokers = new ArrayList<>();
        for (BrokerRecord broker : state.brokers()) {
            brokers.add(new BalanceBroker(
                    broker.brokerId(),
                    broker.rack(),
                    !alive.test(broker.brokerId())
                            ? Standing.ABSENT
                            : broker.draining() ? Standing.DRAINING : Standing.SERVING));
        }
        List<PartitionState> existing = new ArrayList<>(state.partitionCount());
        for (TopicView topic : state.topics()) {
            TopicPlacement placement = state.placement(topic.id());
            for (PartitionView partition : topic.partitions()) {
                existing.add(new PartitionState(
                        PartitionIds.of(topic.id(), partition.index()),
                        partition.replicas(),
                        partition.replicas().get(0),
                        partition.replicas(),
                        placement.wanted(partition.index()),
                        0));
            }
        }
        UUID topic = PartitionIds.of(topicId, 0).topic();
        try {
            return ReplicaPlacement.place(
                    topic, brokers, existing, from, count, replicationFactor, topic.getLeastSignificantBits());
        } catch (IllegalArgumentException tooFew) {
            throw new ThalwegException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "replicas cannot be placed: replicationFactor=" + replicationFactor + ": " + tooFew.getMessage(),
                    tooFew);
        }
    }

    /** Who leads a replicated partition, its replicas find out. */
    @Override
    public List<PartitionView> partitions(int from, List<List<Integer>> replicas) {
        List<PartitionView> partitions = new ArrayList<>(replicas.size());
        for (int i = 0; i < replicas.size(); i++) {
            List<Integer> holders = List.copyOf(replicas.get(i));
            int leader = holders.size() == 1 ? holders.get(0) : -1;
            partitions.add(new PartitionView(from + i, leader, 0, holders, holders));
        }
        return List.copyOf(partitions);
    }

    @Override
    public TopicPlacement placement(MetadataImage.Draft state, int replicationFactor, List<List<Integer>> replicas) {
        List<Placed> placed = new ArrayList<>(replicas.size());
        for (List<Integer> holders : replicas) {
            placed.add(new Placed(holders.size() > 1, holders, generations(state, holders)));
        }
        return new TopicPlacement(replicationFactor, placed);
    }

    /** Which directory each broker has now. */
    static List<Integer> generations(MetadataImage.Draft state, List<Integer> brokers) {
        List<Integer> generations = new ArrayList<>(brokers.size());
        for (int id : brokers) {
            BrokerRecord broker = state.broker(id);
            generations.add(broker == null ? 0 : broker.directoryGeneration());
        }
        return generations;
    }
}
