package io.thalweg.cluster.balance;

import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.balance.Step.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Picks the steps of a plan that may begin now. */
final class Stepper {

    private final BalanceLimits limits;
    private final Map<PartitionId, PartitionState> states = new HashMap<>();
    private final Set<PartitionId> busy = new HashSet<>();
    private final Map<Integer, Integer> copiesTo = new HashMap<>();
    private int copies;
    private int leaderMoves;

    Stepper(Collection<PartitionState> partitions, Collection<Step> underWay, BalanceLimits limits) {
        this.limits = limits;
        for (PartitionState state : partitions) {
            states.put(state.partition(), state);
        }
        for (Step step : underWay) {
            busy.add(step.partition());
            count(step);
        }
    }

    List<Step> next(List<Move> moves) {
        List<Step> steps = new ArrayList<>();
        for (Move move : moves) {
            PartitionState state = states.get(move.partition());
            // Without a leader nobody can be asked; a partition that is gone needs nothing.
            if (state == null || state.leader() == PartitionState.NO_LEADER || busy.contains(move.partition())) {
                continue;
            }
            Step step = step(move, state);
            if (step != null && fits(step)) {
                steps.add(step);
                busy.add(move.partition());
                count(step);
            }
        }
        return steps;
    }

    private static @Nullable Step step(Move move, PartitionState state) {
        for (int broker : move.to()) {
            if (!state.replicas().contains(broker)) {
                return new Step(move.partition(), Kind.ADD_REPLICA, broker);
            }
        }
        for (int broker : move.to()) {
            if (!move.from().contains(broker) && !state.inSync().contains(broker)) {
                return null; // it is catching up
            }
        }
        if (state.leader() != move.leaderTo() && state.inSync().contains(move.leaderTo())) {
            return new Step(move.partition(), Kind.MOVE_LEADER, move.leaderTo());
        }
        return removal(move, state);
    }

    /** What is behind goes first; and only while more than half of those that remain are in sync. */
    private static @Nullable Step removal(Move move, PartitionState state) {
        long inSync = move.to().stream().filter(state.inSync()::contains).count();
        if (inSync * 2 <= move.to().size()) {
            return null;
        }
        Step removal = null;
        for (int broker : state.replicas()) {
            if (move.to().contains(broker)) {
                continue;
            }
            if (broker == state.leader()) {
                Integer other = firstInSync(move, state);
                return other == null ? null : new Step(move.partition(), Kind.MOVE_LEADER, other);
            }
            if (removal == null || !state.inSync().contains(broker)) {
                removal = new Step(move.partition(), Kind.REMOVE_REPLICA, broker);
            }
        }
        return removal;
    }

    private static @Nullable Integer firstInSync(Move move, PartitionState state) {
        for (int broker : move.to()) {
            if (state.inSync().contains(broker)) {
                return broker;
            }
        }
        return null;
    }

    private boolean fits(Step step) {
        return switch (step.kind()) {
            case ADD_REPLICA ->
                copies < limits.copiesMax() && copiesTo.getOrDefault(step.broker(), 0) < limits.copiesPerBrokerMax();
            case MOVE_LEADER -> leaderMoves < limits.leaderMovesMax();
            case REMOVE_REPLICA -> true;
        };
    }

    private void count(Step step) {
        switch (step.kind()) {
            case ADD_REPLICA -> {
                copies++;
                copiesTo.merge(step.broker(), 1, Integer::sum);
            }
            case MOVE_LEADER -> leaderMoves++;
            case REMOVE_REPLICA -> {}
        }
    }
}
