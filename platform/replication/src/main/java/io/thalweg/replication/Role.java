package io.thalweg.replication;

import static io.thalweg.replication.EpochPromise.NOBODY;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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

        /** How far each other replica is; entries appear with its first fetch of this epoch. */
        private final Map<Integer, Progress> progress = new HashMap<>();

        /** Those that may have lost what they held and promised. */
        private final Map<Integer, Returning> returning = new HashMap<>();

        Leading(int self, long epochStart) {
            this.self = self;
            this.epochStart = epochStart;
        }

        @Override
        public int leader() {
            return self;
        }

        long epochStart() {
            return epochStart;
        }

        Map<Integer, Progress> progress() {
            return progress;
        }

        Map<Integer, Returning> returning() {
            return returning;
        }

        @Override
        public String toString() {
            return "Leading[epochStart=" + epochStart + ", progress=" + progress + ", returning=" + returning + "]";
        }
    }

    /**
     * A follower without trust.
     *
     * @param incarnation of the process that said so
     * @param heardEnd where the leader's log ended when it heard of that for the first time
     */
    record Returning(int incarnation, long heardEnd) {}
}
