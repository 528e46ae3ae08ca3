package io.thalweg.replication;

import io.thalweg.replication.Role.Leading;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a leader may call committed. */
final class CommitRule {

    private CommitRule() {}

    /**
     * The offset below which a majority of the assigned replicas and the leader itself hold everything durably, or -1 if there is no
     * such offset in the leader's own epoch yet (Raft paper, section 5.4.2: what earlier epochs left behind is committed by a
     * record of this epoch on top, never by counting).
     */
    static long committed(int self, ReplicaLog log, Leading leading) {
        Voters voters = log.voters();
        // The others may have it before this replica's own disk has, and readers are served from this log.
        long held = Math.min(
                heldBy(voters.majority(), self, log, leading.followers().progress()), log.durableEnd());
        // Alone it needs no record of its own epoch: nobody else can have led in between.
        boolean alone = voters.ids().size() == 1 && voters.contains(self);
        return held > leading.epochStart() || alone ? held : -1;
    }

    /** The offset below which so many voters hold everything durably; -1 if there are fewer. */
    static long heldBy(int count, int self, ReplicaLog log, Map<Integer, Progress> followers) {
        return heldBy(count, log.voters().ids(), self, log, followers);
    }

    /**
     * The offset below which a majority of the voters holds everything durably without one of them, or all others do if they
     * are fewer; -1 if there is no other. A majority of the others would not do where the voters are even in number: who stood
     * may go by one voter less, by a change of its own that nobody else has heard of. While the latest change of voters is
     * not committed, the same of those before it, too: who stood may not know of it.
     */
    static long heldWithout(int one, long highWatermark, int self, ReplicaLog log, Map<Integer, Progress> followers) {
        long held = heldWithout(one, log.voters(), self, log, followers);
        return log.votersOffset() <= highWatermark
                ? held
                : Math.min(held, heldWithout(one, log.votersBefore(), self, log, followers));
    }

    private static long heldWithout(
            int one, Voters voters, int self, ReplicaLog log, Map<Integer, Progress> followers) {
        SortedSet<Integer> others = new TreeSet<>(voters.ids());
        others.remove(one);
        return others.isEmpty() ? -1 : heldBy(Math.min(others.size(), voters.majority()), others, self, log, followers);
    }

    private static long heldBy(
            int count, Set<Integer> voters, int self, ReplicaLog log, Map<Integer, Progress> followers) {
        long[] durable = new long[voters.size()];
        int i = 0;
        for (int voter : voters) {
            durable[i++] = voter == self ? log.durableEnd() : durableEnd(followers.get(voter));
        }
        Arrays.sort(durable);
        return count > durable.length ? -1 : durable[durable.length - count];
    }

    private static long durableEnd(@Nullable Progress progress) {
        return progress == null || !progress.counts() ? -1 : progress.durableEnd();
    }
}
