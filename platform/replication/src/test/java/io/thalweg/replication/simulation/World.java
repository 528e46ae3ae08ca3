package io.thalweg.replication.simulation;

import java.util.List;

/** What invariants of one partition must know of the rest. */
interface World {

    List<? extends SimulatedReplica> replicas();

    /** Durability {@code os}: a power cut loses what was acknowledged on that machine. */
    boolean losesUnflushed();
}
