package io.thalweg.replication.simulation;

/** Bugs around replicas that are put in on purpose, to see that the simulation of whole nodes finds them. */
enum NodesBrokenRule {
    NONE,
    /** What follows a promise does not wait until it is flushed. */
    PROMISE_WITHOUT_FLUSH,
    /** Promises are written and never flushed. */
    PROMISES_IN_THE_PAGE_CACHE,
    /** A promise does not keep out appends of older epochs that are on their way into the log. */
    PROMISE_WITHOUT_FENCE,
    /** What was fetched counts as flushed before it is. */
    FETCHED_COUNTS_UNFLUSHED,
    /** A machine that went down believes that it lost nothing, with durability {@code os}. */
    TRUST_AFTER_POWER_CUT,
    /** A producer hears that its record is safe when the leader has it. */
    ACKNOWLEDGE_ON_THE_LEADER
}
