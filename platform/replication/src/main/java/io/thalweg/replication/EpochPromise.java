package io.thalweg.replication;

/**
 * What a replica has promised, the only state besides the log that it must keep (KIP-595, quorum state).
 *
 * @param epoch the greatest that was seen; only ever grows. Messages of lower ones are refused
 * @param votedFor who has the vote in this epoch, or {@link #NOBODY}; set once
 */
public record EpochPromise(int epoch, int votedFor) {

    /** No broker: ids begin at 0. */
    public static final int NOBODY = -1;

    /** Of a replica that has never heard of its partition. */
    public static final EpochPromise NONE = new EpochPromise(0, NOBODY);

    EpochPromise seen(int newer) {
        InvariantViolation.check(newer > epoch, "an epoch only ever grows", "seen=" + newer + " promise=" + this);
        return new EpochPromise(newer, NOBODY);
    }

    EpochPromise vote(int candidate) {
        InvariantViolation.check(
                votedFor == NOBODY || votedFor == candidate,
                "an epoch is promised once",
                "candidate=" + candidate + " promise=" + this);
        return new EpochPromise(epoch, candidate);
    }
}
