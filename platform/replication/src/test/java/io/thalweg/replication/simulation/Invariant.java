package io.thalweg.replication.simulation;

/** A rule that holds at all times. Checked at the moment that could break it. */
abstract class Invariant {

    /** Told when a replica begins to lead. */
    void led(SimulatedNode node, int epoch) {}

    /** Told when a replica has made a promise durable. */
    void promised(SimulatedNode node, int epoch, int votedFor) {}

    /** Told when a replica, leader or not, raises its high watermark. */
    void committed(SimulatedNode node, long from, long to, boolean leads) {}

    /** Told when a producer is told that its record is safe. */
    void acknowledged(SimulatedNode node, long offset, Entry entry) {}

    void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(getClass().getSimpleName() + " is broken: " + what);
        }
    }
}
