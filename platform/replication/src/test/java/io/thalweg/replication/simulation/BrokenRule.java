package io.thalweg.replication.simulation;

/** Bugs that are put in on purpose, to see that the simulation finds them. */
enum BrokenRule {
    NONE,
    /** A vote is answered before it is durable. */
    VOTE_WITHOUT_FLUSH,
    /** A new follower truncates to its own high watermark (as Kafka did before KIP-101). */
    TRUNCATE_TO_HIGH_WATERMARK,
    /** A leader counts a follower that has not promised its epoch. */
    COUNT_UNPROMISED_FOLLOWER,
    /** What is written counts as held before it is flushed. */
    COUNT_UNFLUSHED,
    /** A replica that lost its disk votes and counts at once. */
    TRUST_A_WIPED_DISK
}
