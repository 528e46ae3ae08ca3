package io.thalweg.replication.node;

import io.thalweg.environment.Clock;
import java.util.random.RandomGenerator;

/** What all parts of one node share. */
record Site(
        int broker,
        int incarnation,
        ReplicationConfig config,
        Clock clock,
        RandomGenerator random,
        PeerLink link,
        ReplicationListener listener,
        Turn turn) {

    static final long NANOS_PER_MICRO = 1_000L;
    static final long NANOS_PER_MILLI = 1_000_000L;

    long now() {
        return clock.monotonicNanos();
    }

    static long nanos(long millis) {
        return millis * NANOS_PER_MILLI;
    }
}
