package io.thalweg.replication.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

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
        void committed(SimulatedReplica node, long from, long to, int leadingEpoch) {
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

    /**
     * Whoever leads an epoch holds all that was committed in an older one (Raft dissertation, section 3.6.3, leader
     * completeness). A record is committed in the epoch of the leader that commits it, which may be above the record's own: one
     * of epoch 3 that is committed in 6 may be missing on a leader of 5, even if that one hears its last vote when the leader of 6
     * has committed it. So this looks at both orders: a leader that is elected holds what older epochs committed before, and
     * what a leader commits when a newer one is elected already was in that one's log.
     */
    static final class LeaderHoldsAllThatWasCommitted extends CommittedNeverChanges {
        /** By offset, the epoch in which it was committed; the oldest, if more than one leader did. */
        private final List<Integer> committedIn = new ArrayList<>();

        /** By epoch. */
        private final NavigableMap<Integer, Elected> elected = new TreeMap<>();

        /** What a leader had when it was elected. */
        private record Elected(int node, int epoch, long start, List<Entry> entries) {
            boolean holds(long offset, Entry entry) {
                // What retention had deleted there was committed, and is compared by itself.
                return offset < start || (offset < start + entries.size() && entry.equals(at(offset)));
            }

            Entry at(long offset) {
                return entries.get((int) (offset - start));
            }
        }

        @Override
        void led(SimulatedReplica node, int epoch) {
            long start = node.log().start().offset();
            Elected leader = new Elected(node.id(), epoch, start, node.log().from(start, Integer.MAX_VALUE));
            elected.put(epoch, leader);
            for (long offset = start; offset < committed.size(); offset++) {
                // In this very epoch nothing is committed yet, unless it has another leader as well.
                if (committedIn.get((int) offset) <= epoch) {
                    checkHolds(leader, offset);
                }
            }
        }

        @Override
        void committed(SimulatedReplica node, long from, long to, int leadingEpoch) {
            if (leadingEpoch < 0) {
                check(
                        to <= committedIn.size(),
                        () -> "node " + node.id() + " heard that all below " + to
                                + " is committed, and leaders committed what is below " + committedIn.size());
            }
            super.committed(node, from, to, leadingEpoch);
            for (long at = from; leadingEpoch >= 0 && at < to; at++) {
                if (commitsFirst(at, leadingEpoch)) {
                    long offset = at;
                    elected.tailMap(leadingEpoch, false).values().forEach(newer -> checkHolds(newer, offset));
                }
            }
        }

        private boolean commitsFirst(long offset, int epoch) {
            if (offset == committedIn.size()) {
                return committedIn.add(epoch);
            }
            int known = committedIn.get((int) offset);
            committedIn.set((int) offset, Math.min(known, epoch));
            return epoch < known;
        }

        private void checkHolds(Elected leader, long offset) {
            Entry known = committed.get((int) offset);
            check(
                    leader.holds(offset, known),
                    () -> "leader " + leader.node() + " of epoch " + leader.epoch() + " was elected with "
                            + leader.entries().size() + " entries from " + leader.start() + " on, and not with " + known
                            + " at " + offset + ", which is committed in epoch " + committedIn.get((int) offset));
        }
    }

    /** Looks at the disks, not at what replicas say of them. */
    static final class CommittedIsHeldByAMajority extends Invariant {
        private final World world;

        CommittedIsHeldByAMajority(World world) {
            this.world = world;
        }

        @Override
        void committed(SimulatedReplica node, long from, long to, int leadingEpoch) {
            if (leadingEpoch < 0 || world.losesUnflushed()) {
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
