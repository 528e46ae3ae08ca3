package io.thalweg.cluster.balance;

import java.util.Collection;
import java.util.List;

/** Where the replicas of new partitions go. */
public final class ReplicaPlacement {

    private ReplicaPlacement() {}

    /**
     * Places partitions so that each one's replicas are in as many racks as possible, and the brokers' replicas and leaders
     * over all topics, and within this topic, are as even as possible.
     *
     * @param existing all partitions that there are
     * @param replicationFactor {@link PartitionState#AUTO} for as many as the cluster can give, at most three
     * @param seed breaks ties; the same arguments give the same placement
     * @return for each new partition the broker ids, the preferred leader first
     * @throws IllegalArgumentException if fewer brokers serve than {@code replicationFactor}
     */
    public static List<List<Integer>> place(
            Collection<BalanceBroker> brokers,
            Collection<PartitionState> existing,
            int partitions,
            int replicationFactor,
            long seed) {
        throw new UnsupportedOperationException();
    }

    /** What {@link PartitionState#AUTO} means with these brokers: at least 1. */
    public static int autoReplicationFactor(Collection<BalanceBroker> brokers) {
        throw new UnsupportedOperationException();
    }
}
