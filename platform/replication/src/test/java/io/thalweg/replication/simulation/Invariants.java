package io.thalweg.replication.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The safety rules of docs/ARCHITECTURE.md, as far as one partition is concerned. */
final class Invariants {

    private Invariants() {}

    static List<Invariant> all(World world) {
        return List.of(
                new OneLeaderForEachEpoch(),
                new EpochIsPromisedOnce(),
                new AppendsOfOlderEpochsAreRefused(),
                new CommittedNeverChanges(),
                new LeaderHoldsAllThatWasCommitted(),
                new CommittedIsHeldByAMajority(world),
                new AcknowledgedIsCommitted());
    }

    static final class OneLeaderForEachEpoch extends Invariant {
        private final Map<Integer, Integer> leaders = new HashMap<>();

        @Override
        void led(SimulatedReplica node, int epoch) {
            Integer other = leaders.put(epoch, node.id());
            check(
                    other == null || other == node.id(),
                    () -> "epoch " + epoch + " has leaders " + other + " and " + node.id());
        }
    }

    static final class EpochIsPromisedOnce extends Invariant {
        private final Map<List<Integer>, Integer> votes = new HashMap<>();

        @Override
        void promised(SimulatedReplica node, int epoch, int votedFor) {
            if (votedFor >= 0) {
                Integer other = votes.put(List.of(node.id(), epoch), votedFor);
                check(
                        other == null || other == votedFor,
                        () -> "node " + node.id() + " promised epoch " + epoch + " to " + other + " and " + votedFor);
            }
        }

        @Override
        void lost(SimulatedReplica node) {
            votes.keySet().removeIf(vote -> vote.get(0) == node.id());
        }
    }

    static final class AppendsOfOlderEpochsAreRefused extends Invariant {
        @Override
        void appended(SimulatedReplica node, int epoch, int promisedEpoch) {
            check(
                    epoch >= promisedEpoch,
                    () -> "node " + node.id() + " promised epoch " + promisedEpoch + " and let a client append in "
                            + epoch);
        }
    }

    /** What is committed once is committed for ever, at that offset, on every replica; so no reader sees it vanish. */
    static class CommittedNeverChanges extends Invariant {
        final List<Entry> committed = new ArrayList<>();

        @Override
        void committed(SimulatedReplica node, long from, long to, boolean leads) {
            for (long at = from; at < to; at++) {
                long offset = at;
                Entry entry = node.log().at(offset);
                if (entry == null) {
                    check(offset < node.log().start().offset(), () -> "node " + node.id() + " does not hold " + offset);
                } else if (offset < committed.size()) {
                    Entry known = committed.get((int) offset);
                    check(
                            known.equals(entry),
                            () -> "offset " + offset + " was " + known + ", is " + entry + " on " + node.id());
                } else {
                    check(
                            offset == committed.size(),
                            () -> "a gap before " + offset + ", known=" + committed.size() + ": " + node);
                    committed.add(entry);
                }
            }
        }
    }

    static final class LeaderHoldsAllThatWasCommitted extends CommittedNeverChanges {
        @Override
        void led(SimulatedReplica node, int epoch) {
            for (long at = node.log().start().offset(); at < committed.size(); at++) {
                long offset = at;
                Entry known = committed.get((int) offset);
                if (known.epoch() < epoch) {
                    check(
                            known.equals(node.log().at(offset)),
                            () -> "leader " + node.id() + " of epoch " + epoch + " has "
                                    + node.log().at(offset) + " at " + offset + " for " + known);
                }
            }
        }
    }

    /** Looks at the disks, not at what replicas say of them. */
    static final class CommittedIsHeldByAMajority extends Invariant {
        private final World world;

        CommittedIsHeldByAMajority(World world) {
            this.world = world;
        }

        @Override
        void committed(SimulatedReplica node, long from, long to, boolean leads) {
            if (!leads || world.losesUnflushed()) {
                return;
            }
            Entry last = node.log().at(to - 1);
            List<Integer> holders = new ArrayList<>();
            for (SimulatedReplica other : world.replicas()) {
                boolean forgotten = other.log().start().offset() >= to;
                boolean held = last != null
                        && last.equals(other.log().at(to - 1))
                        && other.log().flushedEnd() >= to;
                // What was destroyed with its disk, or not flushed yet again, was held.
                if (held || forgotten || !other.trustsItself()) {
                    holders.add(other.id());
                }
            }
            check(
                    node.log().voters().isMajority(holders),
                    () -> "offset " + (to - 1) + " is committed by " + node.id() + " and flushed on " + holders + " of "
                            + node.log().voters());
        }
    }

    static final class AcknowledgedIsCommitted extends CommittedNeverChanges {
        @Override
        void acknowledged(SimulatedReplica node, long offset, Entry entry) {
            check(
                    offset < committed.size() && committed.get((int) offset).equals(entry),
                    () -> "acknowledged by " + node.id() + " at " + offset + ": " + entry);
        }
    }
}
