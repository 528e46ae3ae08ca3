package io.thalweg.replication.simulation;

import io.thalweg.log.LogId;
import io.thalweg.replication.Voters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/** One partition in the whole cluster, and what must hold of it. */
final class SimulatedPartition implements World {

    private final LogId id;
    private final List<Integer> assignment;
    private final boolean observedByAll;
    private final boolean losesUnflushed;
    private final List<Invariant> invariants;

    final List<SimulatedCopy> copies = new ArrayList<>();
    final Set<Long> acknowledged = new HashSet<>();

    /** What was flushed on some leader. */
    final Set<Long> appended = new HashSet<>();

    long lastProduced;
    int elections;
    int voterChanges;

    /** Of the change that was asked for last, whatever became of it. */
    Voters votersWanted;

    SimulatedPartition(
            int number, List<Integer> assignment, boolean observedByAll, boolean losesUnflushed, Agenda agenda) {
        this.id = new LogId(new Uuid(7, number), number);
        this.assignment = List.copyOf(assignment);
        this.observedByAll = observedByAll;
        this.losesUnflushed = losesUnflushed;
        this.votersWanted = Voters.of(assignment);
        this.invariants = Invariants.all(this);
        invariants.forEach(invariant -> invariant.whenBroken(agenda::broken));
    }

    LogId id() {
        return id;
    }

    /** The brokers that it begins with, the preferred leader first. */
    List<Integer> assignment() {
        return assignment;
    }

    boolean observedByAll() {
        return observedByAll;
    }

    Voters initial() {
        return Voters.of(assignment);
    }

    List<Invariant> invariants() {
        return invariants;
    }

    @Override
    public List<SimulatedCopy> replicas() {
        return copies;
    }

    @Override
    public boolean losesUnflushed() {
        return losesUnflushed;
    }

    @Override
    public String toString() {
        return "p" + id.partition();
    }
}
