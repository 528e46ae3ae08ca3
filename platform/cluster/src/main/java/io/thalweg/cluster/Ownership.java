package io.thalweg.cluster;

import java.util.List;

/**
 * What the leader of a partition says of it.
 *
 * @param leader broker id
 * @param leaderEpoch the leader's; of two entries the greater one is right
 * @param replicas broker ids, the preferred leader first
 * @param inSync those of them that hold all that is committed, the leader among them
 * @param highWatermark end of what is committed
 * @param logEndOffset end of the leader's log
 * @param replicaEnds for each of {@code replicas} the end of its log as far as the leader knows, -1 if it does not
 */
public record Ownership(
        PartitionId partition,
        int leader,
        int leaderEpoch,
        List<Integer> replicas,
        List<Integer> inSync,
        long highWatermark,
        long logEndOffset,
        List<Long> replicaEnds) {

    /** More than any assignment has. */
    public static final int REPLICAS_MAX = 64;

    public Ownership {
        replicas = List.copyOf(replicas);
        inSync = List.copyOf(inSync);
        replicaEnds = List.copyOf(replicaEnds);
        if (replicaEnds.size() != replicas.size()) {
            throw new IllegalArgumentException("partition=" + partition + " replicas=" + replicas.size()
                    + " replicaEnds=" + replicaEnds.size() + "; one for each");
        }
        if (replicas.size() > REPLICAS_MAX || inSync.size() > REPLICAS_MAX) {
            throw new IllegalArgumentException("partition=" + partition + " replicas=" + replicas.size() + " inSync="
                    + inSync.size() + "; at most " + REPLICAS_MAX);
        }
    }

    /** Whether anything but the offsets differs. */
    public boolean routesLike(Ownership other) {
        return leader == other.leader
                && leaderEpoch == other.leaderEpoch
                && replicas.equals(other.replicas)
                && inSync.equals(other.inSync);
    }
}
