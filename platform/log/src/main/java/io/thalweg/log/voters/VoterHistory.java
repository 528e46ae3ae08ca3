package io.thalweg.log.voters;

import io.thalweg.log.VotersAt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The voters records of one log. */
public final class VoterHistory {

    private volatile List<VotersAt> entries;
    private volatile boolean changed;

    public VoterHistory(List<VotersAt> entries) {
        this.entries = List.copyOf(entries);
    }

    public List<VotersAt> entries() {
        return entries;
    }

    /** Notes a voters record; a no-op for one that is known. */
    public void onVoters(long offset, Collection<Integer> ids) {
        List<VotersAt> now = entries;
        if (now.isEmpty() || now.get(now.size() - 1).offset() < offset) {
            List<VotersAt> next = new ArrayList<>(now);
            next.add(VotersAt.of(offset, ids));
            change(next);
        }
    }

    /** Forgets what lies at or after {@code offset}. */
    public void truncateEnd(long offset) {
        List<VotersAt> next = new ArrayList<>(entries);
        if (next.removeIf(entry -> entry.offset() >= offset)) {
            change(next);
        }
    }

    /** Forgets what no longer holds at {@code offset}. */
    public void truncateStart(long offset) {
        List<VotersAt> now = entries;
        int first = 0;
        while (first + 1 < now.size() && now.get(first + 1).offset() < offset) {
            first++;
        }
        if (first > 0) {
            change(now.subList(first, now.size()));
        }
    }

    private void change(List<VotersAt> next) {
        entries = List.copyOf(next);
        changed = true;
    }

    /** Whether something changed since {@link #saved()}. */
    public boolean changed() {
        return changed;
    }

    /** To be called before the entries are written, so that a change in between is not forgotten. */
    public void saved() {
        changed = false;
    }

    public void unsaved() {
        changed = true;
    }

    public void checkInvariants() {
        long previous = Long.MIN_VALUE;
        for (VotersAt entry : entries) {
            if (entry.offset() <= previous) {
                throw new IllegalStateException("voters out of order: " + entries);
            }
            previous = entry.offset();
        }
    }
}
