package io.thalweg.replication.simulation;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** A rule that holds at all times. Checked at the moment that could break it. */
abstract class Invariant {

    private Consumer<AssertionError> whenBroken = found -> {};

    /** Besides throwing it: what calls may swallow that. */
    void whenBroken(Consumer<AssertionError> told) {
        whenBroken = told;
    }

    /** Told when a replica begins to lead. */
    void led(SimulatedReplica node, int epoch) {}

    /** Told when a replica has made a promise durable. */
    void promised(SimulatedReplica node, int epoch, int votedFor) {}

    /** Told when a replica's disk is replaced, or its promises are lost: it cannot keep what it promised, and others must see to it. */
    void lost(SimulatedReplica node) {}

    /** Told when a client's record is written to the log of a replica that has promised an epoch. */
    void appended(SimulatedReplica node, int epoch, int promisedEpoch) {}

    /**
     * Told when a replica, leader or not, raises its high watermark.
     *
     * @param leadingEpoch in which it leads, or -1 if it was told by its leader
     */
    void committed(SimulatedReplica node, long from, long to, int leadingEpoch) {}

    /** Told when a producer is told that its record is safe. */
    void acknowledged(SimulatedReplica node, long offset, Entry entry) {}

    /** @param what said only of a rule that is broken */
    void check(boolean holds, Supplier<String> what) {
        if (!holds) {
            BrokenInvariant found = new BrokenInvariant(getClass(), what.get());
            whenBroken.accept(found);
            throw found;
        }
    }
}
