package io.thalweg.replication.simulation;

import io.thalweg.replication.simulation.Invariants.CommittedIsHeldByAMajority;
import io.thalweg.replication.simulation.Invariants.CommittedNeverChanges;
import io.thalweg.replication.simulation.Invariants.EpochIsPromisedOnce;
import io.thalweg.replication.simulation.Invariants.LeaderHoldsAllThatWasCommitted;
import io.thalweg.replication.simulation.Invariants.OneLeaderForEachEpoch;

/** Bugs that are put in on purpose, to see that the simulation finds them. */
enum BrokenRule {
    NONE(Invariant.class),
    /** A vote is answered before it is durable. */
    VOTE_WITHOUT_FLUSH(EpochIsPromisedOnce.class),
    /** A new follower truncates to its own high watermark (as Kafka did before KIP-101). */
    TRUNCATE_TO_HIGH_WATERMARK(CommittedNeverChanges.class),
    /** A candidate counts a follower that has not promised its epoch. */
    COUNT_UNPROMISED_FOLLOWER(OneLeaderForEachEpoch.class),
    /** What is written counts as held before it is flushed. */
    COUNT_UNFLUSHED(CommittedIsHeldByAMajority.class),
    /** A replica that lost its disk votes and counts at once. */
    TRUST_A_WIPED_DISK(LeaderHoldsAllThatWasCommitted.class),
    /** A replica that lost its disk votes and counts as soon as it has what some leader calls committed. */
    TRUST_AT_ONCE(LeaderHoldsAllThatWasCommitted.class);

    private final Class<? extends Invariant> broken;

    BrokenRule(Class<? extends Invariant> broken) {
        this.broken = broken;
    }

    /** Whether the invariant that this breaks was found broken, and no other. */
    boolean isFoundBy(AssertionError failure) {
        return BrokenInvariant.isCauseOf(failure, broken);
    }
}
