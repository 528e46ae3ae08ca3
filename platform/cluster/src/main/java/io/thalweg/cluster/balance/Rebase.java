package io.thalweg.cluster.balance;

import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.BalanceBroker.Standing;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a plan still holds when something has changed since it was made. A move stands on its own partition and on the brokers
 * that it gives something to; that others have come or gone only makes it a little less than the best.
 */
final class Rebase {

    private final Map<PartitionId, PartitionState> before;
    private final Map<PartitionId, PartitionState> now;
    private final Map<Integer, Standing> standings = new HashMap<>();

    Rebase(Collection<PartitionState> before, Collection<PartitionState> now, Collection<BalanceBroker> brokers) {
        this.before = byPartition(before);
        this.now = byPartition(now);
        brokers.forEach(broker -> standings.put(broker.id(), broker.standing()));
    }

    List<Move> valid(List<Move> moves) {
        return moves.stream().filter(this::holds).toList();
    }

    private boolean holds(Move move) {
        PartitionState planned = before.get(move.partition());
        PartitionState found = now.get(move.partition());
        return planned != null
                && found != null
                && isSame(planned, found, move)
                && move.to().stream().allMatch(broker -> mayHold(broker, move))
                && standings.get(move.leaderTo()) == Standing.SERVING;
    }

    /** Replicas that move do so whoever leads; a leadership alone was moved because of who led. */
    private static boolean isSame(PartitionState planned, PartitionState found, Move move) {
        boolean replicasMove = !new HashSet<>(move.from()).equals(new HashSet<>(move.to()));
        return planned.replicationFactor() == found.replicationFactor()
                && planned.replicas().equals(found.replicas())
                && (replicasMove || planned.leader() == found.leader());
    }

    /** Who holds it already may be away for a while. */
    private boolean mayHold(int broker, Move move) {
        @Nullable Standing standing = standings.get(broker);
        return standing == Standing.SERVING
                || (standing == Standing.ABSENT && move.from().contains(broker));
    }

    private static Map<PartitionId, PartitionState> byPartition(Collection<PartitionState> states) {
        Map<PartitionId, PartitionState> map = new HashMap<>();
        states.forEach(state -> map.put(state.partition(), state));
        return map;
    }
}
