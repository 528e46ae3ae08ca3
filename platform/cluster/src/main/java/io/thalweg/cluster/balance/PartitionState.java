package io.thalweg.cluster.balance;

import io.thalweg.cluster.PartitionId;
import java.util.List;

/**
 * A partition as it is.
 *
 * @param replicas broker ids, the preferred leader first
 * @param leader -1 if there is none now
 * @param inSync those of the replicas that hold all that is committed
 * @param replicationFactor wanted; {@link #AUTO} for as many as the cluster can give, at most three
 * @param bytes of one replica: what a new one has to copy
 */
public record PartitionState(
        PartitionId partition,
        List<Integer> replicas,
        int leader,
        List<Integer> inSync,
        int replicationFactor,
        long bytes) {

    /** The replication factor {@code auto}. */
    public static final int AUTO = 0;

    /** What {@link #AUTO} grows to. */
    public static final int AUTO_MAX = 3;

    public static final int NO_LEADER = -1;

    public PartitionState {
        replicas = List.copyOf(replicas);
        inSync = List.copyOf(inSync);
        if (replicas.isEmpty() || replicas.stream().distinct().count() != replicas.size()) {
            throw new IllegalArgumentException(
                    "partition=" + partition + " replicas=" + replicas + "; at least one, and each once");
        }
        if (replicationFactor < 0) {
            throw new IllegalArgumentException(
                    "partition=" + partition + " replicationFactor=" + replicationFactor + "; at least 0");
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("partition=" + partition + " bytes=" + bytes + "; at least 0");
        }
    }
}
