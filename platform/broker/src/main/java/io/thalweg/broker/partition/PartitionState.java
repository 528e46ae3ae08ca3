package io.thalweg.broker.partition;

import io.thalweg.log.error.ErrorCode;

/**
 * What this node is to a partition. Between {@link Offline}, {@link Following} and {@link Leading} in any order, in an epoch
 * that never goes back; {@link Deleted} is the end. A partition with one replica never follows.
 */
public sealed interface PartitionState {

    /** The largest leader epoch that this node knows of; -1 for none. */
    int leaderEpoch();

    /** What a request meets that needs the leader. */
    ErrorCode refusal();

    /** What a reader meets that takes any replica. */
    default ErrorCode readRefusal() {
        return refusal();
    }

    /** Nobody is served: before the first election, or while the node shuts down. */
    record Offline(int leaderEpoch) implements PartitionState {

        @Override
        public ErrorCode refusal() {
            return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }
    }

    /**
     * Another node leads.
     *
     * @param leader its id, or -1 while nobody is known to lead
     */
    record Following(int leaderEpoch, int leader) implements PartitionState {

        @Override
        public ErrorCode refusal() {
            return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }

        @Override
        public ErrorCode readRefusal() {
            return ErrorCode.NONE;
        }
    }

    /**
     * Appends and reads are served in {@code leaderEpoch}.
     *
     * @param settled whether a record of this epoch is committed. Before, the high watermark may stand below what the leader
     *     before it told, so nobody is told it (KIP-207)
     * @param handingOver reads are served, appends are not any more: another replica is about to lead
     */
    record Leading(int leaderEpoch, boolean settled, boolean handingOver) implements PartitionState {

        Leading settle() {
            return new Leading(leaderEpoch, true, handingOver);
        }

        Leading handOver() {
            return new Leading(leaderEpoch, settled, true);
        }

        @Override
        public ErrorCode refusal() {
            return ErrorCode.NONE;
        }
    }

    /** The topic is gone; so is the data, soon. */
    record Deleted(int leaderEpoch) implements PartitionState {

        @Override
        public ErrorCode refusal() {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
    }
}
