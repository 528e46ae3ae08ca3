package io.thalweg.benchmarks.endtoend;

/** One row of the table: a load that is put on each peer in the same way. */
interface Cell {

    String name();

    /** Makes what the cell needs, outside the measurement. */
    void prepare(Peer peer) throws Exception;

    /** Runs the load once. */
    Measurement run(Peer peer, int round) throws Exception;

    /** Removes what {@link #prepare} made. */
    void clean(Peer peer) throws Exception;
}
