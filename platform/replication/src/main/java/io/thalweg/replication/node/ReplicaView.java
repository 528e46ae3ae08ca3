package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One replica at one moment, for tools and metrics.
 *
 * @param leader of the epoch as far as is known here, or {@link io.thalweg.replication.EpochPromise#NOBODY}
 * @param trusted false while it may miss records that it once held; then it neither votes nor counts
 * @param preference its place in the assignment, 0 for the preferred leader
 * @param voters that the log here names
 * @param inSync on the leader: voters that are in sync, it among them; empty elsewhere
 * @param followers on the leader: everybody that has fetched in this epoch, voter or not; empty elsewhere
 * @param offline why it takes part in nothing any more; null while it does
 */
public record ReplicaView(
        LogId id,
        int epoch,
        int leader,
        boolean leads,
        boolean trusted,
        int preference,
        long startOffset,
        long endOffset,
        long durableEndOffset,
        long highWatermark,
        List<Integer> voters,
        List<Integer> inSync,
        List<Follower> followers,
        @Nullable String offline) {

    public ReplicaView {
        voters = List.copyOf(voters);
        inSync = List.copyOf(inSync);
        followers = List.copyOf(followers);
    }

    /**
     * How far another replica is, as its fetches of this epoch proved.
     *
     * @param behindMillis how long ago it last had everything that the leader had
     * @param caughtUp whether it is trusted and everything that is committed is flushed there: it can become a voter
     */
    public record Follower(int broker, long endOffset, long durableEndOffset, long behindMillis, boolean caughtUp) {}
}
