package io.thalweg.replication;

import io.thalweg.replication.Role.Leading;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a leader may call committed. */
final class CommitRule {

    private CommitRule() {}

    /**
     * The offset below which a majority of the assigned replicas holds everything durably, or -1 if there is no such
     * offset in the leader's own epoch yet (Raft paper, section 5.4.2: what earlier epochs left behind is committed by a
     * record of this epoch on top, never by counting).
     */
    static long committed(int self, ReplicaLog log, Leading leading) {
        Voters voters = log.voters();
        long held = heldBy(voters.majority(), self, log, leading);
        // Alone it needs no record of its own epoch: nobody else can have led in between.
        boolean alone = voters.ids().size() == 1 && voters.contains(self);
        return held > leading.epochStart() || alone ? held : -1;
    }

    /** The offset below which so many voters hold everything durably; -1 if there are fewer. */
    static long heldBy(int count, int self, ReplicaLog log, Leading leading) {
        Voters voters = log.voters();
        long[] durable = new long[voters.ids().size()];
        int i = 0;
        for (int voter : voters.ids()) {
            durable[i++] = voter == self
                    ? log.durableEnd()
                    : durableEnd(leading.progress().get(voter));
        }
        Arrays.sort(durable);
        return count > durable.length ? -1 : durable[durable.length - count];
    }

    private static long durableEnd(@Nullable Progress progress) {
        return progress == null || !progress.counts() ? -1 : progress.durableEnd();
    }
}
