package io.thalweg.replication.simulation;

import io.thalweg.replication.promise.PromisesDamaged;
import io.thalweg.replication.simulation.Invariants.AcknowledgedIsCommitted;
import io.thalweg.replication.simulation.Invariants.AppendsOfOlderEpochsAreRefused;
import io.thalweg.replication.simulation.Invariants.CommittedIsHeldByAMajority;
import io.thalweg.replication.simulation.Invariants.EpochIsPromisedOnce;
import io.thalweg.replication.simulation.Invariants.LeaderHoldsAllThatWasCommitted;

/** Bugs around replicas that are put in on purpose, to see that the simulation of whole nodes finds them. */
enum NodesBrokenRule {
    NONE(Invariant.class),
    /** What follows a promise does not wait until it is flushed. */
    PROMISE_WITHOUT_FLUSH(EpochIsPromisedOnce.class),
    /** Promises are written and never flushed. */
    PROMISES_IN_THE_PAGE_CACHE(EpochIsPromisedOnce.class) {
        @Override
        boolean isFoundBy(AssertionError failure) {
            // The file itself says that a flush was claimed of what is not there, and nothing starts on it.
            Throwable cause = failure.getCause();
            return cause != null && cause.getCause() instanceof PromisesDamaged;
        }
    },
    /** A promise does not keep out appends of older epochs that are on their way into the log. */
    PROMISE_WITHOUT_FENCE(AppendsOfOlderEpochsAreRefused.class),
    /** What followers were shown, and could not be written, is replaced in the same epoch. */
    REPLACES_WHAT_WAS_SHOWN(CommittedIsHeldByAMajority.class),
    /** What was fetched counts as flushed before it is. */
    FETCHED_COUNTS_UNFLUSHED(CommittedIsHeldByAMajority.class),
    /** A machine that went down believes that it lost nothing, with durability {@code os}. */
    TRUST_AFTER_POWER_CUT(LeaderHoldsAllThatWasCommitted.class),
    /** A machine whose disk was replaced votes and counts at once. */
    TRUST_A_WIPED_DISK(LeaderHoldsAllThatWasCommitted.class),
    /** A replica whose promises were lost, and whose log was not, votes and counts at once. */
    TRUST_WITHOUT_PROMISES(LeaderHoldsAllThatWasCommitted.class),
    /** A producer hears that its record is safe when the leader has it. */
    ACKNOWLEDGE_ON_THE_LEADER(AcknowledgedIsCommitted.class),
    /** Leaders resign when all faults are long over. */
    RESIGN_FOR_NOTHING(Invariant.class) {
        @Override
        boolean isFoundBy(AssertionError failure) {
            return String.valueOf(failure.getMessage()).contains(NodesSteadiness.WITHOUT_A_FAULT);
        }
    };

    private final Class<? extends Invariant> broken;

    NodesBrokenRule(Class<? extends Invariant> broken) {
        this.broken = broken;
    }

    /** Whether the invariant that this breaks was found broken, and no other. */
    boolean isFoundBy(AssertionError failure) {
        return BrokenInvariant.isCauseOf(failure, broken);
    }
}
