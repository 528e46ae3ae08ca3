package io.thalweg.broker.partition;

import io.thalweg.log.error.ErrorCode;

/**
 * What this node is to a partition. {@link Offline} to {@link Leading} and back, each time in a newer epoch;
 * {@link Deleted} is the end. Following comes with the cluster.
 */
public sealed interface PartitionState {

    /** The largest leader epoch that this node knows of; -1 for none. */
    int leaderEpoch();

    /** What a request meets that needs the leader. */
    ErrorCode refusal();

    /** Nobody is served: before the first election, or while the node shuts down. */
    record Offline(int leaderEpoch) implements PartitionState {

        /** @throws IllegalStateException unless {@code epoch} is at least the one known: leadership never goes back */
        public Leading toLeading(int epoch) {
            if (epoch < leaderEpoch) {
                throw new IllegalStateException("stale leader epoch: epoch=" + epoch + " known=" + leaderEpoch);
            }
            return new Leading(epoch);
        }

        @Override
        public ErrorCode refusal() {
            return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }
    }

    /** Appends and reads are served in {@code leaderEpoch}. */
    record Leading(int leaderEpoch) implements PartitionState {

        public Offline toOffline() {
            return new Offline(leaderEpoch);
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
