package io.thalweg.replication;

import static io.thalweg.replication.EpochPromise.NOBODY;

import java.util.HashSet;
import java.util.Set;

/**
 * What a replica is in its epoch.
 *
 * <pre>
 * {@link Unattached} --silence--> {@link Prospective} --majority would vote--> {@link Candidate} --majority voted--> {@link Leading}
 *      ^                                                                                                   |
 *      +------------------------------- a greater epoch, or an answer of one ------------------------------+
 * {@link Following}: from any but Leading, when the leader of the epoch is known
 * </pre>
 */
sealed interface Role {

    /** The leader of the epoch, or nobody. */
    default int leader() {
        return NOBODY;
    }

    /** Knows no leader; also one that led this epoch and resigned. */
    record Unattached() implements Role {}

    /** Fetches from the leader. {@code suspected}: it is silent, so others' pre-votes are granted. */
    record Following(int leader, boolean suspected) implements Role {}

    /**
     * Asks whether it would be elected, before it disturbs anybody with a new epoch (KIP-996).
     *
     * @param leader that it cannot hear, but may still be the one; or nobody
     */
    record Prospective(Set<Integer> granted, int leader) implements Role {
        static Prospective of(int self, int leader) {
            return new Prospective(new HashSet<>(Set.of(self)), leader);
        }
    }

    /** Asks for votes in an epoch of its own. */
    record Candidate(Set<Integer> granted) implements Role {
        static Candidate of(int self) {
            return new Candidate(new HashSet<>(Set.of(self)));
        }
    }

    /** Appends and is fetched from. */
    final class Leading implements Role {
        private final int self;

        /** The leader-change record's offset; the epoch is committed when the high watermark is above. */
        private final long epochStart;

        private final Followers followers;

        /** @param log as it is when it is elected */
        Leading(int self, ReplicaLog log) {
            this.self = self;
            this.epochStart = log.end().offset();
            this.followers = new Followers(self, log);
        }

        @Override
        public int leader() {
            return self;
        }

        long epochStart() {
            return epochStart;
        }

        Followers followers() {
            return followers;
        }

        @Override
        public String toString() {
            return "Leading[epochStart=" + epochStart + ", " + followers + "]";
        }
    }
}
