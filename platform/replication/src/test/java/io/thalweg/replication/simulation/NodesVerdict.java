package io.thalweg.replication.simulation;

import io.thalweg.replication.node.ReplicaView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What must hold when all faults have ended, and some time has passed. */
final class NodesVerdict {

    private final NodesSimulation simulation;
    private final List<SimulatedMachine> machines;
    private final List<SimulatedPartition> partitions;

    NodesVerdict(NodesSimulation simulation) {
        this.simulation = simulation;
        this.machines = simulation.machines();
        this.partitions = simulation.partitions();
    }

    /** Every partition with a majority has one leader, and what is new gets committed. */
    void allServe() {
        for (SimulatedPartition partition : partitions) {
            if (needsAnOperator(partition)) {
                continue;
            }
            List<ReplicaView> leaders = simulation.leaders(partition);
            check(leaders.size() == 1, partition + " has leaders: " + leaders);
            ReplicaView leader = leaders.get(0);
            long behind = leader.endOffset() - leader.highWatermark();
            check(behind < 200, partition + " has committed nothing for long, behind=" + behind);
            check(
                    leader.inSync().size() > leader.voters().size() / 2,
                    partition + " commits, but a majority is not in sync: " + leader);
            brokersKnow(partition);
        }
    }

    /** Every broker was told what its replica says of itself. */
    void brokersKnow(SimulatedPartition partition) {
        for (SimulatedCopy copy : partition.copies) {
            ReplicaView view = machines.get(copy.id() - 1).view(partition);
            if (view == null) {
                continue;
            }
            boolean leads = copy.leadingEpoch >= 0;
            check(view.leads() == leads, partition + ": the broker does not know who leads: " + copy + " " + view);
            if (leads) {
                check(
                        view.inSync().equals(copy.inSyncTold)
                                && view.voters().equals(copy.votersTold)
                                && copy.committedTold,
                        partition + ": the broker was told inSync=" + copy.inSyncTold + " voters=" + copy.votersTold
                                + " committed=" + copy.committedTold + ": " + view);
            }
        }
    }

    /** Nothing is new any more: everybody has everything, knows that it is committed, and the leader knows that they do. */
    void allAgree() {
        for (SimulatedPartition partition : partitions) {
            if (needsAnOperator(partition)) {
                continue;
            }
            List<ReplicaView> leaders = simulation.leaders(partition);
            check(leaders.size() == 1, partition + " has leaders: " + leaders);
            ReplicaView leader = leaders.get(0);
            check(leader.endOffset() == leader.highWatermark(), partition + " is not committed: " + leader);
            check(leader.inSync().equals(leader.voters()), partition + " is not in sync: " + leader);
            brokersKnow(partition);
            for (SimulatedMachine machine : machines) {
                ReplicaView copy = machine.view(partition);
                if (copy != null) {
                    agrees(partition, copy, leader);
                }
            }
            check(
                    partition.acknowledged.contains(partition.lastProduced) || partition.lastProduced == 0,
                    partition + " did not acknowledge what came last: " + leader);
        }
    }

    private void agrees(SimulatedPartition partition, ReplicaView copy, ReplicaView leader) {
        check(copy.leader() == leader.leader(), partition + " follows another: " + copy + " than " + leader);
        check(copy.endOffset() == leader.endOffset(), partition + " ends elsewhere: " + copy + " than " + leader);
        check(
                copy.highWatermark() == leader.highWatermark(),
                partition + " has another high watermark: " + copy + " than " + leader);
        check(copy.trusted(), partition + " is not trusted: " + copy);
        check(copy.offline() == null, partition + " is offline: " + copy);
    }

    /** The voters were shrunk just when one of the rest lost its disk: nobody may decide that alone. */
    static boolean needsAnOperator(SimulatedPartition partition) {
        SimulatedCopy fullest = partition.copies.get(0);
        List<Integer> trusted = new ArrayList<>();
        for (SimulatedCopy copy : partition.copies) {
            if (copy.log().end().compareTo(fullest.log().end()) > 0) {
                fullest = copy;
            }
            if (copy.trustsItself()) {
                trusted.add(copy.id());
            }
        }
        return !fullest.log().voters().isMajority(trusted);
    }

    void nothingAppendedIsLost() {
        for (SimulatedPartition partition : partitions) {
            Set<Long> kept = new TreeSet<>();
            SimulatedLog log = partition.copies.get(0).log();
            log.from(0, Integer.MAX_VALUE / 2).forEach(entry -> kept.add(entry.value()));
            Set<Long> lost = new TreeSet<>(partition.appended);
            lost.removeAll(kept);
            check(lost.isEmpty(), partition + " lost " + lost + " by handing over");
        }
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
