package io.thalweg.replication.simulation;

import io.thalweg.log.LogId;
import io.thalweg.replication.node.Overheard;
import io.thalweg.replication.node.ReplicaView;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * In a cluster without faults nothing changes while clients go on: each partition keeps its leader and its epoch, nobody stands for
 * election, and whoever follows keeps up with its leader and asks nobody else. That all serve and agree at one moment does not say so:
 * a follower may lose its leader and find it again, over and over.
 */
final class NodesSteadiness {

    static final String WITHOUT_A_FAULT = " without a fault: ";

    private final NodesSimulation simulation;

    /** Of the partitions that need no operator. */
    private final Map<LogId, Leadership> leaderships = new HashMap<>();

    private record Leadership(SimulatedPartition partition, int leader, int epoch) {}

    NodesSteadiness(NodesSimulation simulation) {
        this.simulation = simulation;
    }

    /** From here on, as long as nobody else watches the connections. */
    void begin() {
        for (SimulatedPartition partition : simulation.partitions()) {
            if (!NodesVerdict.needsAnOperator(partition)) {
                List<ReplicaView> leaders = simulation.leaders(partition);
                NodesVerdict.check(leaders.size() == 1, partition + " has leaders: " + leaders);
                ReplicaView leader = leaders.get(0);
                leaderships.put(partition.id(), new Leadership(partition, leader.leader(), leader.epoch()));
            }
        }
        simulation.links().watch(this::sent);
    }

    /** To here. Epochs do not go back, and have one leader each: what is the same at both ends was so all the while. */
    void end() {
        simulation.links().watch((from, to, frame) -> {});
        leaderships.forEach((id, leadership) -> {
            for (SimulatedCopy copy : leadership.partition().copies) {
                ReplicaView view = simulation.machines().get(copy.id() - 1).view(leadership.partition());
                if (view == null || view.leader() != leadership.leader() || view.epoch() != leadership.epoch()) {
                    throw new AssertionError(leadership + " has ended" + WITHOUT_A_FAULT + view);
                }
                boolean followed = !view.leads() || view.inSync().equals(view.voters());
                NodesVerdict.check(followed, leadership + " has lost a follower" + WITHOUT_A_FAULT + view);
            }
        });
    }

    private void sent(int from, int to, Buffer frame) {
        Overheard said = Overheard.in(from, frame);
        said.stands().forEach(id -> broken(id, from + " stands for election"));
        for (LogId id : said.follows()) {
            Leadership leadership = leaderships.get(id);
            if (leadership != null && leadership.leader() != to) {
                broken(id, from + " looks for a leader on " + to);
            }
        }
        for (LogId id : said.leaves()) {
            // A copy that goes away follows nobody any more.
            if (simulation.machines().get(from - 1).copies().containsKey(id)) {
                broken(id, from + " leaves " + to);
            }
        }
    }

    private void broken(LogId id, String what) {
        Leadership leadership = leaderships.get(id);
        if (leadership != null) {
            throw simulation.agenda().broken(new AssertionError(what + WITHOUT_A_FAULT + leadership));
        }
    }
}
