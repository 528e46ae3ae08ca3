package io.thalweg.replication;

/** What the owner of a replica must do, in order. */
public sealed interface Effect {

    /** Make this durable. Nothing that follows may be done before it is. */
    record Promise(EpochPromise promise) implements Effect {}

    /** Deliver, or lose: every message may be lost. */
    record Send(int to, Message message) implements Effect {}

    /**
     * Append a leader-change record of this epoch (KIP-595, LeaderChangeMessage): its first record, and one more where a
     * follower needs a new record to be trusted for.
     */
    record AppendLeaderChange(int epoch) implements Effect {}

    /** Append a voter record (KIP-853). */
    record AppendVoters(int epoch, Voters voters) implements Effect {}

    /** Append the records that came beside the answer. */
    record AppendFetched(LogPosition end) implements Effect {}

    /** Cut the log off: this is the next offset to be written. Durable before the next append is. */
    record TruncateTo(long offset) implements Effect {}

    /**
     * Throw the log away and begin it there, with the voters as the leader's log has them there: they travel
     * beside the answer, as records do.
     */
    record RestartAt(LogPosition start) implements Effect {}

    /** Records below are committed. Only ever grows while the process lives. */
    record HighWatermark(long offset) implements Effect {}

    /** The replica holds all that was committed again, and what it promised cannot matter any more: note that durably. */
    record Trusted() implements Effect {}

    /** Who leads, from now on, as far as this replica knows: route there, or stop serving. */
    record LeaderIs(int epoch, int leader) implements Effect {}
}
