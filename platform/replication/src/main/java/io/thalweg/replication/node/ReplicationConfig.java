package io.thalweg.replication.node;

/**
 * Sizes and times of replication on one node. Times are of the monotonic clock.
 *
 * @param silenceMillis a leader that says nothing for so long is suspected; one that hears no majority for twice as long
 *     resigns
 * @param fetchWaitMillis who has nothing to say to a peer says so after so long
 * @param replicaLagMaxMillis a follower that has not reached its leader's end for so long is not in sync
 * @param electionMillis how long an election may take before the next one begins, at least; the rest is random
 * @param electionMillisMax where doubling after elections that nobody won ends
 * @param staggerMillis between the replicas of a partition, in order of preference, when they stand for election; spares
 *     split votes
 * @param electionMicros about how long one election keeps the nodes busy: where many replicas wait for a leader, who is not
 *     first in order waits so much longer for each
 * @param highWatermarkDelayMillis so long a new high watermark waits for records to travel with
 * @param partitionBytesMax of records of one partition in one answer; a larger batch travels alone
 * @param peerBytesMax of records on their way to one peer and not yet in its logs
 * @param frameBytes records are sent as soon as so many are together
 * @param catchUpBytesPerSecond what followers that nobody waits for are sent, all together: new replicas, and those that are
 *     not in sync
 */
public record ReplicationConfig(
        int silenceMillis,
        int fetchWaitMillis,
        int replicaLagMaxMillis,
        int electionMillis,
        int electionMillisMax,
        int staggerMillis,
        int electionMicros,
        int highWatermarkDelayMillis,
        int partitionBytesMax,
        int peerBytesMax,
        int frameBytes,
        int catchUpBytesPerSecond) {

    private static final int ELECTIONS_OF_SUCCESSOR = 5;

    public ReplicationConfig {
        atLeast("silenceMillis", silenceMillis, 2 * fetchWaitMillis);
        atLeast("fetchWaitMillis", fetchWaitMillis, 1);
        atLeast("replicaLagMaxMillis", replicaLagMaxMillis, silenceMillis);
        atLeast("electionMillis", electionMillis, 1);
        atLeast("electionMillisMax", electionMillisMax, electionMillis);
        atLeast("staggerMillis", staggerMillis, 1);
        atLeast("electionMicros", electionMicros, 0);
        atLeast("highWatermarkDelayMillis", highWatermarkDelayMillis, 0);
        atLeast("partitionBytesMax", partitionBytesMax, 1);
        atLeast("peerBytesMax", peerBytesMax, partitionBytesMax);
        atLeast("frameBytes", frameBytes, 1);
        atLeast("catchUpBytesPerSecond", catchUpBytesPerSecond, 1);
    }

    public static ReplicationConfig defaults() {
        return new ReplicationConfig(2_500, 500, 10_000, 100, 3_000, 10, 500, 5, 1 << 20, 8 << 20, 1 << 20, 64 << 20);
    }

    /**
     * What somebody gets whom a leader named to lead after it: it was in sync a moment ago and knows that it is its turn, but its
     * promise has to reach its disk first. Who stands meanwhile makes two changes of leaders of one, and of the named a late
     * leader. A disk that takes longer should be given nothing to lead.
     */
    public int successorMillis() {
        return ELECTIONS_OF_SUCCESSOR * electionMillis;
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + "=" + value + "; must be at least " + least);
        }
    }
}
