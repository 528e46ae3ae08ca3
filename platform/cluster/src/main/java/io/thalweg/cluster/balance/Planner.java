package io.thalweg.cluster.balance;

import io.thalweg.cluster.balance.BalanceBroker.Standing;
import io.thalweg.cluster.balance.BalancePlan.Share;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Makes one {@link BalancePlan}: first what must be for each partition by itself (brokers that go, the replication factor, racks),
 * then what makes the brokers even, and leaders last, because they move for free.
 */
final class Planner {

    private final Layout layout;
    private final List<PartitionState> partitions;
    private final Map<Layout.Spot, PartitionState> states = new LinkedHashMap<>();
    private final Map<Layout.Spot, Set<Integer>> before = new HashMap<>();
    private final Map<Layout.Spot, Move.Reason> reasons = new HashMap<>();
    private final Map<Integer, Share> sharesBefore = new HashMap<>();
    private final Set<String> unmet = new LinkedHashSet<>();

    Planner(Collection<BalanceBroker> brokers, Collection<PartitionState> partitions, long seed) {
        this.layout = new Layout(brokers, seed);
        this.partitions = partitions.stream()
                .sorted(Comparator.<PartitionState, UUID>comparing(
                                state -> state.partition().topic())
                        .thenComparingInt(state -> state.partition().partition()))
                .toList();
    }

    BalancePlan plan() {
        load();
        if (layout.serving().isEmpty()) {
            return new BalancePlan(List.of(), shares(), List.of("no broker serves: nothing can be moved"));
        }
        for (Layout.Spot spot : layout.spots()) {
            replaceBrokers(spot);
            meetReplicationFactor(spot);
            spreadOverRacks(spot);
        }
        new ReplicaSpread(layout, before).run();
        for (Layout.Spot spot : layout.spots()) {
            if (!layout.serves(spot.leader)) {
                layout.lead(spot, layout.bestForLeader(spot));
            }
        }
        new LeaderSpread(layout, layout.spots(), node -> node.leaders).run();
        return new BalancePlan(moves(), shares(), List.copyOf(unmet));
    }

    private void load() {
        for (PartitionState state : partitions) {
            Layout.Spot spot = layout.add(state.partition(), state.bytes());
            state.replicas().forEach(broker -> layout.place(spot, broker));
            layout.lead(spot, leader(state));
            states.put(spot, state);
            before.put(spot, Set.copyOf(state.replicas()));
        }
        for (Layout.Node node : layout.nodes()) {
            sharesBefore.put(node.id, new Share(node.replicas(), 0, node.leaders, 0, node.bytes, 0));
        }
    }

    /** Whoever is not here leads nothing, whatever was heard last. */
    private int leader(PartitionState state) {
        Standing standing = layout.standing(state.leader());
        return standing == Standing.SERVING || standing == Standing.DRAINING ? state.leader() : Layout.NOBODY;
    }

    // ---- one partition

    /** A replica is given up only for another one. */
    private void replaceBrokers(Layout.Spot spot) {
        for (int broker : List.copyOf(spot.replicas)) {
            Standing standing = layout.standing(broker);
            if (standing != Standing.LOST && standing != Standing.DRAINING) {
                continue;
            }
            if (living(spot) >= wanted(spot)) {
                layout.unplace(spot, broker);
            } else {
                Layout.Node other = layout.bestForReplica(spot);
                if (other == null) {
                    unmet.add(
                            standing == Standing.LOST
                                    ? "broker " + broker + " is lost, and no other serves for its replicas"
                                    : "broker " + broker + " cannot be drained: no other serves for its replicas");
                    continue;
                }
                layout.unplace(spot, broker);
                layout.place(spot, other.id);
            }
            because(spot, standing == Standing.LOST ? Move.Reason.LOST_BROKER : Move.Reason.DRAIN);
        }
    }

    private void meetReplicationFactor(Layout.Spot spot) {
        int wanted = wanted(spot);
        while (spot.replicas.size() < wanted) {
            Layout.Node node = layout.bestForReplica(spot);
            if (node == null) {
                unmet.add("replicationFactor=" + wanted + " needs more brokers than the "
                        + layout.serving().size() + " that serve");
                return;
            }
            layout.place(spot, node.id);
            because(spot, Move.Reason.REPLICATION_FACTOR);
        }
        while (spot.replicas.size() > wanted && allStay(spot)) {
            layout.unplace(spot, mostDispensable(spot));
            because(spot, Move.Reason.REPLICATION_FACTOR);
        }
    }

    /** Replicas that could not be replaced are beyond the number, and no reason to give up a living one. */
    private boolean allStay(Layout.Spot spot) {
        return living(spot) == spot.replicas.size();
    }

    private int mostDispensable(Layout.Spot spot) {
        return spot.replicas.stream()
                .max(Comparator.<Integer>comparingInt(broker -> layout.serves(broker) ? 0 : 1)
                        .thenComparingInt(broker -> spot.leader == broker ? 0 : 1)
                        .thenComparingInt(broker -> layout.sharesRack(spot, broker, broker) ? 1 : 0)
                        .thenComparingInt(broker -> replicas(broker))
                        .thenComparingLong(broker -> layout.tie(spot, broker)))
                .orElseThrow();
    }

    private int replicas(int broker) {
        Layout.Node node = layout.node(broker);
        return node == null ? 0 : node.replicas();
    }

    private void spreadOverRacks(Layout.Spot spot) {
        if (layout.misses(spot)) {
            return;
        }
        for (int broker : List.copyOf(spot.replicas)) {
            if (!layout.serves(broker) || !layout.sharesRack(spot, broker, broker)) {
                continue;
            }
            Layout.Node other = layout.bestForReplica(spot);
            if (other == null || layout.sharesRack(spot, other.id, Layout.NOBODY)) {
                return;
            }
            boolean leads = spot.leader == broker;
            layout.unplace(spot, broker);
            layout.place(spot, other.id);
            if (leads) {
                layout.lead(spot, layout.bestForLeader(spot));
            }
            because(spot, Move.Reason.RACKS);
        }
    }

    /** Replicas on brokers that stay. */
    private int living(Layout.Spot spot) {
        int living = 0;
        for (int broker : spot.replicas) {
            Standing standing = layout.standing(broker);
            living += standing == Standing.SERVING || standing == Standing.ABSENT ? 1 : 0;
        }
        return living;
    }

    private int wanted(Layout.Spot spot) {
        PartitionState state = state(spot);
        if (state.replicationFactor() != PartitionState.AUTO) {
            return state.replicationFactor();
        }
        // One that is lost is missed, and not a reason to want fewer.
        long staying = layout.nodes().stream()
                .filter(node -> node.standing != Standing.DRAINING)
                .count();
        return (int) Math.max(1, Math.min(PartitionState.AUTO_MAX, staying));
    }

    private void because(Layout.Spot spot, Move.Reason reason) {
        reasons.merge(spot, reason, (one, other) -> one.compareTo(other) <= 0 ? one : other);
    }

    private PartitionState state(Layout.Spot spot) {
        PartitionState state = states.get(spot);
        if (state == null) {
            throw new IllegalStateException("partition=" + spot.partition + " was not given");
        }
        return state;
    }

    // ---- the outcome

    private List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        for (Layout.Spot spot : layout.spots()) {
            PartitionState state = state(spot);
            int leaderTo = spot.leader == Layout.NOBODY ? spot.replicas.get(0) : spot.leader;
            List<Integer> to = ReplicaPlacement.leaderFirst(spot);
            int leaderFrom = leader(state);
            if (!BalancePlan.changes(state.replicas(), to, leaderFrom, leaderTo)) {
                continue;
            }
            Set<Integer> added = new HashSet<>(to);
            state.replicas().forEach(added::remove);
            boolean replicasMove = !before.getOrDefault(spot, Set.of()).equals(new HashSet<>(to));
            Move.Reason otherwise = replicasMove ? Move.Reason.REPLICA_BALANCE : Move.Reason.LEADER_BALANCE;
            Move.Reason known = layout.standing(leaderFrom) == Standing.DRAINING ? Move.Reason.DRAIN : otherwise;
            moves.add(new Move(
                    state.partition(),
                    state.replicas(),
                    to,
                    leaderFrom,
                    leaderTo,
                    state.bytes() * added.size(),
                    reasons.getOrDefault(spot, known)));
        }
        moves.sort(Comparator.comparing(Move::reason).thenComparingLong(Move::bytesToCopy));
        return moves;
    }

    private Map<Integer, Share> shares() {
        Map<Integer, Share> shares = new HashMap<>();
        for (Layout.Node node : layout.nodes()) {
            Share was = sharesBefore.getOrDefault(node.id, new Share(0, 0, 0, 0, 0, 0));
            shares.put(
                    node.id,
                    new Share(
                            was.replicasBefore(),
                            node.replicas(),
                            was.leadersBefore(),
                            node.leaders,
                            was.bytesBefore(),
                            node.bytes));
        }
        return shares;
    }
}
