package io.thalweg.broker.metadata;

import java.util.ArrayList;
import java.util.List;

/**
 * What the metadata knows of a topic's replicas beside where they are.
 *
 * @param replicationFactor that is wanted; {@link #AUTO} for as many as the cluster can give, at most three
 * @param partitions by index; those beyond the list are {@link Placed#ALONE}
 */
public record TopicPlacement(int replicationFactor, List<Placed> partitions) {

    public static final int AUTO = 0;

    /** Of a topic that was made by a node that stood alone. */
    public static final TopicPlacement NONE = new TopicPlacement(AUTO, List.of());

    public TopicPlacement {
        partitions = List.copyOf(partitions);
    }

    /**
     * One partition.
     *
     * @param replicated whether replicas decide who leads and what is committed; once true, it stays so
     * @param firstVoters who decided when it began to be replicated: changed by an unclean election alone, because a log that
     *     names nobody means them; of one that is not replicated the broker that holds it
     * @param generations the directory's generation of each of them then: a replica on a later directory has lost what it held;
     *     {@link #LEFT} of one that was moved away since
     * @param ordered whether its target was ordered by an operator, not by the balance
     * @param wanted how many replicas an operator has given it; 0 for as many as the topic wants
     * @param uncleanEpoch the epoch in which an operator let the only first voter decide alone, whatever others hold; 0 if none did.
     *     What a replica knows of earlier epochs is void
     */
    public record Placed(
            boolean replicated,
            List<Integer> firstVoters,
            List<Integer> generations,
            boolean ordered,
            int wanted,
            int uncleanEpoch) {

        /** On one node, which decides alone, in the first directory that it had. */
        public static final Placed ALONE = new Placed(false, List.of(), List.of());

        static final int LEFT = Integer.MAX_VALUE;

        public Placed {
            firstVoters = List.copyOf(firstVoters);
            generations = List.copyOf(generations);
            if (firstVoters.size() != generations.size()) {
                throw new IllegalArgumentException(
                        "a generation for each voter: voters=" + firstVoters + " generations=" + generations);
            }
        }

        /** As nobody has ordered it. */
        public Placed(boolean replicated, List<Integer> firstVoters, List<Integer> generations) {
            this(replicated, firstVoters, generations, false, 0, 0);
        }

        /** A broker holds it no more: if it comes back, it begins with nothing. */
        public Placed without(int broker) {
            int at = firstVoters.indexOf(broker);
            if (at < 0) {
                return this;
            }
            List<Integer> changed = new ArrayList<>(generations);
            changed.set(at, LEFT);
            return new Placed(replicated, firstVoters, changed, ordered, wanted, uncleanEpoch);
        }

        public Placed ordered(boolean byOperator) {
            return new Placed(replicated, firstVoters, generations, byOperator, wanted, uncleanEpoch);
        }

        /** With another number of replicas than its topic's other partitions. */
        public Placed wanting(int replicas) {
            return new Placed(replicated, firstVoters, generations, ordered, replicas, uncleanEpoch);
        }

        /** Replicated from now on, beginning with what {@code holder} has alone. */
        public Placed replicatedFrom(int holder) {
            return replicated
                    ? this
                    : firstVoters.isEmpty()
                            ? new Placed(true, List.of(holder), List.of(0), ordered, wanted, uncleanEpoch)
                            : new Placed(true, firstVoters, generations, ordered, wanted, uncleanEpoch);
        }

        /** Whether this broker's directory is the one in which the replica began. */
        public boolean beganIn(int broker, int directoryGeneration) {
            if (!replicated && firstVoters.isEmpty()) {
                return directoryGeneration == 0;
            }
            int at = firstVoters.indexOf(broker);
            return at >= 0 && generations.get(at) == directoryGeneration;
        }
    }

    public Placed partition(int index) {
        return index < partitions.size() ? partitions.get(index) : Placed.ALONE;
    }

    /** How many replicas a partition should have; {@link #AUTO} for as many as the cluster can give. */
    public int wanted(int index) {
        int own = partition(index).wanted();
        return own > 0 ? own : replicationFactor;
    }

    /** With more partitions behind those that there are. */
    public TopicPlacement with(int count, List<Placed> more) {
        List<Placed> all = new ArrayList<>(count + more.size());
        for (int index = 0; index < count; index++) {
            all.add(partition(index));
        }
        all.addAll(more);
        return new TopicPlacement(replicationFactor, all);
    }

    /** With another of one partition. */
    public TopicPlacement with(int index, int count, Placed changed) {
        List<Placed> all = new ArrayList<>(with(count, List.of()).partitions);
        all.set(index, changed);
        return new TopicPlacement(replicationFactor, all);
    }
}
