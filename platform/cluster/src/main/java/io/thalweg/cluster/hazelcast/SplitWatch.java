package io.thalweg.cluster.hazelcast;

import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which side of a split gives up its membership and joins the other, when the sides reach each other and Hazelcast does
 * not merge them: it may agree with itself that it should, and still not do it (hazelcast issues 19144 and 25907). Pure; asked
 * again and again.
 */
final class SplitWatch {

    private final int self;
    private final long stuckAfterNanos;
    private boolean split;
    private long sinceNanos;

    SplitWatch(int self, long stuckAfterNanos) {
        this.self = self;
        this.stuckAfterNanos = stuckAfterNanos;
    }

    /**
     * Whether this node should join the others now.
     *
     * @param members broker ids that membership sees, this one among them
     * @param connected broker ids that this node talks to
     */
    boolean shouldRejoin(Set<Integer> members, Set<Integer> connected, long nowNanos) {
        Set<Integer> others = others(members, connected);
        if (others.isEmpty()) {
            split = false;
            return false;
        }
        if (!split) {
            split = true;
            sinceNanos = nowNanos;
        }
        if (nowNanos - sinceNanos < stuckAfterNanos || !isLesserSide(members, others)) {
            return false;
        }
        // Should it not help, another try after as long again.
        sinceNanos = nowNanos;
        return true;
    }

    /** Brokers that this node talks to and that are not in its membership. */
    Set<Integer> others(Set<Integer> members, Set<Integer> connected) {
        Set<Integer> others = new TreeSet<>(connected);
        others.removeAll(members);
        others.remove(self);
        return others;
    }

    /** Fewer brokers; of two equal sides the one without the lowest broker id. */
    private boolean isLesserSide(Set<Integer> members, Set<Integer> others) {
        if (members.size() != others.size()) {
            return members.size() < others.size();
        }
        return new TreeSet<>(members).first() > new TreeSet<>(others).first();
    }
}
