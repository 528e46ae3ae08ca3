package io.thalweg.cluster.balance;

import io.thalweg.cluster.PartitionId;

/**
 * One change to one partition, which its leader is asked for.
 *
 * @param broker whom it is about
 */
public record Step(PartitionId partition, Kind kind, int broker) {

    /** What is asked. */
    public enum Kind {
        /** Make a replica there, let it catch up, then make it a voter. */
        ADD_REPLICA,
        /** Give the leadership to this replica, which is in sync. */
        MOVE_LEADER,
        /** Make it no voter any more, then delete the replica. */
        REMOVE_REPLICA
    }
}
