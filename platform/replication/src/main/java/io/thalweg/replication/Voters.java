package io.thalweg.replication;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The replicas that a partition is assigned to, by broker id.
 *
 * @param ids at least one
 */
public record Voters(SortedSet<Integer> ids) {

    public Voters {
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("a partition needs a replica: voters=[]");
        }
        ids = Collections.unmodifiableSortedSet(new TreeSet<>(ids));
    }

    public static Voters of(Collection<Integer> ids) {
        return new Voters(new TreeSet<>(ids));
    }

    /** How many are a majority. */
    public int majority() {
        return ids.size() / 2 + 1;
    }

    public boolean contains(int id) {
        return ids.contains(id);
    }

    /** Whether so many of these are a majority; ids that are no voters count for nothing. */
    public boolean isMajority(Collection<Integer> some) {
        int count = 0;
        for (int id : ids) {
            if (some.contains(id)) {
                count++;
            }
        }
        return count >= majority();
    }

    /** Whether majorities of both must overlap: one replica more or one less (Raft dissertation, section 4.1). */
    public boolean isOneStepFrom(Voters other) {
        SortedSet<Integer> together = new TreeSet<>(ids);
        together.addAll(other.ids);
        int changed = 2 * together.size() - ids.size() - other.ids.size();
        return changed == 1;
    }
}
