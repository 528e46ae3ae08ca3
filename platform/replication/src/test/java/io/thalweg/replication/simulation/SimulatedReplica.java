package io.thalweg.replication.simulation;

/** What invariants look at: one replica of one partition, up or down. */
interface SimulatedReplica {

    /** Of its broker. */
    int id();

    SimulatedLog log();

    /** False of one that lost records and has not got them back. */
    boolean trustsItself();
}
