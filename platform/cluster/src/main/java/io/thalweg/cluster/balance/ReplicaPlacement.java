package io.thalweg.cluster.balance;

import io.thalweg.cluster.PartitionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Where the replicas of new partitions go. */
public final class ReplicaPlacement {

    private ReplicaPlacement() {}

    /**
     * Places partitions so that each one's replicas are in as many racks as possible, and the brokers' replicas and leaders
     * within this topic, and then over all topics, are as even as possible.
     *
     * @param topic whose partitions they are; of its existing ones account is taken
     * @param existing all partitions that there are
     * @param firstPartition index of the first new one
     * @param replicationFactor {@link PartitionState#AUTO} for as many as the cluster can give, at most three
     * @param seed breaks ties; the same arguments give the same placement
     * @return for each new partition the broker ids, the preferred leader first
     * @throws IllegalArgumentException if fewer brokers serve than {@code replicationFactor}, or none does
     */
    public static List<List<Integer>> place(
            UUID topic,
            Collection<BalanceBroker> brokers,
            Collection<PartitionState> existing,
            int firstPartition,
            int partitions,
            int replicationFactor,
            long seed) {
        Layout layout = new Layout(brokers, seed);
        int serving = layout.serving().size();
        int replicas = replicationFactor == PartitionState.AUTO
                ? Math.min(PartitionState.AUTO_MAX, serving)
                : replicationFactor;
        if (replicas < 1 || replicas > serving) {
            throw new IllegalArgumentException("replicationFactor=" + replicas + " but brokers serving=" + serving
                    + "; at least 1 and at most those");
        }
        for (PartitionState partition : existing) {
            Layout.Spot spot = layout.add(partition.partition(), partition.bytes());
            partition.replicas().forEach(broker -> layout.place(spot, broker));
            layout.lead(
                    spot,
                    partition.leader() == PartitionState.NO_LEADER
                            ? partition.replicas().get(0)
                            : partition.leader());
        }
        List<Layout.Spot> placed = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            Layout.Spot spot = layout.add(new PartitionId(topic, firstPartition + i), 0);
            for (int replica = 0; replica < replicas; replica++) {
                Layout.Node node = layout.bestForReplica(spot);
                if (node == null) {
                    throw new IllegalStateException("no broker is left for partition=" + spot.partition);
                }
                layout.place(spot, node.id);
            }
            layout.lead(spot, layout.bestForLeader(spot));
            placed.add(spot);
        }
        new LeaderSpread(layout, placed, node -> node.leadersOf(topic)).run();
        return placed.stream().map(ReplicaPlacement::leaderFirst).toList();
    }

    /** What {@link PartitionState#AUTO} means for a new topic with these brokers; 0 if none serves. */
    public static int autoReplicationFactor(Collection<BalanceBroker> brokers) {
        long serving = brokers.stream()
                .filter(broker -> broker.standing() == BalanceBroker.Standing.SERVING)
                .count();
        return (int) Math.min(PartitionState.AUTO_MAX, serving);
    }

    static List<Integer> leaderFirst(Layout.Spot spot) {
        List<Integer> ordered = new ArrayList<>(spot.replicas);
        if (ordered.remove((Integer) spot.leader)) {
            ordered.add(0, spot.leader);
        }
        return ordered;
    }
}
