package io.thalweg.replication;

/** What a replica must know of its log. Reads only, from memory: no call blocks. */
public interface ReplicaLog {

    /** Where the log ends, flushed or not. Of a log whose records were all deleted: {@link #start}. */
    LogPosition end();

    /** Below this offset all is flushed; at most {@link #end}. */
    long durableEnd();

    /**
     * The first offset that is still kept, and the epoch of the record before it: without that epoch a log that retention
     * emptied would look as if it had never held anything.
     */
    LogPosition start();

    /**
     * The greatest epoch that is at most the given one, and where it ends (KIP-279); {@link #start} if all are greater.
     */
    LogPosition endOfEpoch(int epoch);

    /** The voters that the log's latest voter record names, committed or not; those at creation if it has none. */
    Voters voters();

    /** The voters that held before the latest voter record; the same as {@link #voters} if there is none. */
    Voters votersBefore();

    /** The offset behind the latest voter record; 0 if there is none. */
    long votersOffset();
}
