package io.thalweg.cluster.balance;

import io.thalweg.cluster.PartitionId;
import java.util.List;

/**
 * What shall become of one partition, as an operator is shown it.
 *
 * @param from replicas now
 * @param to replicas wanted, the preferred leader first
 * @param leaderFrom -1 if there is none
 * @param leaderTo first of {@code to}
 * @param bytesToCopy for all replicas that are new
 */
public record Move(
        PartitionId partition,
        List<Integer> from,
        List<Integer> to,
        int leaderFrom,
        int leaderTo,
        long bytesToCopy,
        Reason reason) {

    /** Why; of several the most urgent, which is the first here. */
    public enum Reason {
        /** A replica is on a broker that does not come back. */
        LOST_BROKER,
        /** A broker is being drained. */
        DRAIN,
        /** Fewer or more replicas than wanted. */
        REPLICATION_FACTOR,
        /** Replicas share a rack although they need not. */
        RACKS,
        /** Another broker has fewer replicas. */
        REPLICA_BALANCE,
        /** Another replica's broker leads fewer partitions. */
        LEADER_BALANCE
    }

    public Move {
        from = List.copyOf(from);
        to = List.copyOf(to);
    }
}
