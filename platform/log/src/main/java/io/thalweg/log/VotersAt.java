package io.thalweg.log;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A voters record of a log (KIP-853): the replicas that decide from there on, by broker id.
 *
 * @param offset of the record
 */
public record VotersAt(long offset, SortedSet<Integer> ids) {

    public VotersAt {
        ids = Collections.unmodifiableSortedSet(new TreeSet<>(ids));
    }

    public static VotersAt of(long offset, Collection<Integer> ids) {
        return new VotersAt(offset, new TreeSet<>(ids));
    }
}
