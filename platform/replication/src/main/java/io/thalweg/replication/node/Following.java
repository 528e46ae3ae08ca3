package io.thalweg.replication.node;

import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Replica;
import io.thalweg.replication.node.Frame.Request;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node keeps of one replica as a follower: where it fetches, and what it said there. */
final class Following {

    /** Whom it fetches from, be it the leader or somebody who may know it. */
    @Nullable
    Fetching from;

    /** As last named in this session; null if it was not. */
    @Nullable
    Request told;

    /** What was told is used up: the leader waits for the next position, even if that is the same. */
    boolean answered;

    /**
     * Who was asked and did not lead, and in which epoch: asking there again must wait, until it says that it leads now. Who stands
     * for election is asked by those that voted for it, and is elected in that same epoch.
     */
    private int refusedBy = EpochPromise.NOBODY;

    private int refusedEpoch = -1;

    /** It has heard a leader since it was opened. */
    boolean heard;

    /** Whom to ask while no leader is heard; nobody while waiting for the next attempt. */
    int polled = EpochPromise.NOBODY;

    long pollDueNanos;
    int polls;

    /** Who was asked in this round, of one that has never heard a leader. */
    final Set<Integer> asked = new HashSet<>();

    /** Whom to ask besides the voters. */
    List<Integer> hints = List.of();

    /** The position has changed since the leader was told, or it does not know it yet. */
    boolean hasNews(Replica replica, ReplicaStore store) {
        Request last = told;
        return last == null
                || answered
                || last.endOffset() != store.end().offset()
                || last.endEpoch() != store.end().epoch()
                || last.durableEnd() != store.durableEnd()
                || last.epoch() != replica.epoch()
                || last.trusted() != replica.trusted();
    }

    /** The peer does not lead in this epoch, or does not any more. */
    void refused(int peer, int epoch) {
        refusedBy = peer;
        refusedEpoch = epoch;
    }

    /** The peer says that it leads in this epoch. */
    void leads(int peer, int epoch) {
        if (refusedBy == peer && epoch >= refusedEpoch) {
            refusedBy = EpochPromise.NOBODY;
        }
    }

    /** Whether the replica hears a leader: then there is nobody else to ask. */
    boolean hearsLeader(Replica replica) {
        return replica.leader() != EpochPromise.NOBODY
                && !replica.awaitsElection()
                && !(refusedBy == replica.leader() && refusedEpoch == replica.epoch());
    }
}
