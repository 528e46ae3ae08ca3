package io.thalweg.replication.simulation;

import io.thalweg.replication.simulation.Invariants.AcknowledgedIsCommitted;
import io.thalweg.replication.simulation.Invariants.CommittedIsHeldByAMajority;
import io.thalweg.replication.simulation.Invariants.EpochIsPromisedOnce;
import io.thalweg.replication.simulation.Invariants.LeaderHoldsAllThatWasCommitted;

/** Bugs around replicas that are put in on purpose, to see that the simulation of whole nodes finds them. */
enum NodesBrokenRule {
    NONE(Invariant.class),
    /** What follows a promise does not wait until it is flushed. */
    PROMISE_WITHOUT_FLUSH(EpochIsPromisedOnce.class),
    /** Promises are written and never flushed. */
    PROMISES_IN_THE_PAGE_CACHE(EpochIsPromisedOnce.class),
    /** A promise does not keep out appends of older epochs that are on their way into the log. */
    PROMISE_WITHOUT_FENCE(LeaderHoldsAllThatWasCommitted.class),
    /** What was fetched counts as flushed before it is. */
    FETCHED_COUNTS_UNFLUSHED(CommittedIsHeldByAMajority.class),
    /** A machine that went down believes that it lost nothing, with durability {@code os}. */
    TRUST_AFTER_POWER_CUT(LeaderHoldsAllThatWasCommitted.class),
    /** A producer hears that its record is safe when the leader has it. */
    ACKNOWLEDGE_ON_THE_LEADER(AcknowledgedIsCommitted.class);

    private final Class<? extends Invariant> broken;

    NodesBrokenRule(Class<? extends Invariant> broken) {
        this.broken = broken;
    }

    /** The invariant that must be found broken. */
    Class<? extends Invariant> broken() {
        return broken;
    }
}
