package io.thalweg.system.history;

/** What a log must never show. Names and meanings follow Jepsen's Kafka workload, except where noted. */
public enum Anomaly {
    /** One offset held two values. */
    INCONSISTENT_OFFSETS,
    /** One value at two offsets. */
    DUPLICATE,
    /** A value was read whose send was refused. */
    ABORTED_READ,
    /** A value was read that nobody sent. */
    PHANTOM,
    /** A committed value below the highest one read was never read by anyone. */
    LOST_WRITE,
    /** An acknowledged value was never read, although a complete read ran at the end. */
    UNSEEN,
    /** An acknowledged or once read value is missing from the complete read at the end. Not in Jepsen's set. */
    VANISHED,
    /** A reader jumped over a value. */
    POLL_SKIP,
    /** A reader went back. */
    NONMONOTONIC_POLL,
    /** A later send of one process lies before an earlier one. */
    NONMONOTONIC_SEND,
    /** Replicas of a partition differ in what was committed; see {@link ReplicaComparison}. Not in Jepsen's set. */
    DIVERGENCE
}
