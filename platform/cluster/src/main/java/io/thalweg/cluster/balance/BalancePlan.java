package io.thalweg.cluster.balance;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Moves after which replicas and leaders are even.
 *
 * @param moves the most urgent first
 * @param shares by broker id
 * @param unmet what the brokers that there are do not allow, for an operator to read
 */
public record BalancePlan(List<Move> moves, Map<Integer, Share> shares, List<String> unmet) {

    /** What a broker holds before and after. */
    public record Share(
            int replicasBefore,
            int replicasAfter,
            int leadersBefore,
            int leadersAfter,
            long bytesBefore,
            long bytesAfter) {}

    public BalancePlan {
        moves = List.copyOf(moves);
        shares = Map.copyOf(shares);
        unmet = List.copyOf(unmet);
    }

    /**
     * A plan for what is so now. Replicas on brokers that are not given count as lost.
     *
     * @param seed breaks ties; the same arguments make the same plan
     */
    public static BalancePlan of(Collection<BalanceBroker> brokers, Collection<PartitionState> partitions, long seed) {
        return new Planner(brokers, partitions, seed).plan();
    }

    /**
     * What still holds of this plan, which took a while to make.
     *
     * @param before the partitions that it was made for
     * @param now as they are now
     * @param brokers as they are now
     */
    public BalancePlan rebase(
            Collection<PartitionState> before, Collection<PartitionState> now, Collection<BalanceBroker> brokers) {
        return new BalancePlan(new Rebase(before, now, brokers).valid(moves), shares, unmet);
    }

    /** New replicas' bytes over all moves. */
    public long bytesToCopy() {
        return moves.stream().mapToLong(Move::bytesToCopy).sum();
    }

    /**
     * The steps to begin now: for each partition at most one, and none for a partition that has a step under way.
     *
     * @param partitions as they are now
     * @param underWay begun, and neither done nor failed
     */
    public List<Step> next(Collection<PartitionState> partitions, Collection<Step> underWay, BalanceLimits limits) {
        return new Stepper(partitions, underWay, limits).next(moves);
    }

    /** Whether carrying out this plan changes these replicas or this leader. */
    static boolean changes(List<Integer> from, List<Integer> to, int leaderFrom, int leaderTo) {
        return !new HashSet<>(from).equals(new HashSet<>(to))
                || (leaderFrom != PartitionState.NO_LEADER && leaderFrom != leaderTo);
    }
}
