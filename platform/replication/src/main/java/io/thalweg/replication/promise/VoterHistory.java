package io.thalweg.replication.promise;

import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Voters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToIntFunction;

/**
 * The voters that a log names, so that nobody needs to search the log for its voter records. Noted before a record is
 * appended, so it may know of one that never came to be: {@link #within} leaves those out.
 *
 * @param base before the first of {@code changes}
 * @param baseOffset behind the record that named them; 0 if they were those at creation
 * @param changes in the order of the log; at most {@link #CHANGES_MAX}, older ones are in {@code base}
 */
public record VoterHistory(Voters base, long baseOffset, List<Change> changes) {

    /** At most the last one is not committed, and one before that is asked for; the rest is slack. */
    static final int CHANGES_MAX = 4;

    /**
     * A voter record.
     *
     * @param offset of the record itself
     */
    public record Change(int epoch, long offset, Voters voters) {}

    public VoterHistory {
        changes = List.copyOf(changes);
        long last = baseOffset - 1;
        for (Change change : changes) {
            if (change.offset() <= last) {
                throw new IllegalArgumentException("voter records out of order: " + changes + " above " + baseOffset);
            }
            last = change.offset();
        }
        if (changes.size() > CHANGES_MAX) {
            throw new IllegalArgumentException("voter records=" + changes.size() + "; at most " + CHANGES_MAX);
        }
    }

    /** Of a partition that was just made, or of a log that begins anew somewhere. */
    public static VoterHistory of(Voters base) {
        return new VoterHistory(base, 0, List.of());
    }

    /** See {@link io.thalweg.replication.ReplicaLog#voters}. */
    public Voters voters() {
        return changes.isEmpty() ? base : last().voters();
    }

    /** See {@link io.thalweg.replication.ReplicaLog#votersBefore}. */
    public Voters votersBefore() {
        return changes.size() < 2 ? base : changes.get(changes.size() - 2).voters();
    }

    /** See {@link io.thalweg.replication.ReplicaLog#votersOffset}. */
    public long votersOffset() {
        return changes.isEmpty() ? baseOffset : last().offset() + 1;
    }

    private Change last() {
        return changes.get(changes.size() - 1);
    }

    /** With one more voter record at the log's end. */
    public VoterHistory with(Change change) {
        List<Change> next = new ArrayList<>(changes);
        next.add(change);
        if (next.size() <= CHANGES_MAX) {
            return new VoterHistory(base, baseOffset, next);
        }
        Change oldest = next.remove(0);
        return new VoterHistory(oldest.voters(), oldest.offset() + 1, next);
    }

    /** Without the records at and above an offset; the same object if there are none. */
    public VoterHistory truncatedTo(long offset) {
        if (changes.isEmpty() || last().offset() < offset) {
            return this;
        }
        return new VoterHistory(
                base,
                baseOffset,
                changes.stream().filter(change -> change.offset() < offset).toList());
    }

    /**
     * Without records that the log does not hold; the same object if it holds all. Where the log holds another record in a
     * voter record's place it is of another epoch, since an epoch has one leader and a leader writes an offset once.
     *
     * @param epochAt the epoch of the record at an offset that the log holds
     */
    public VoterHistory within(LogPosition end, LongToIntFunction epochAt) {
        for (Change change : changes) {
            if (change.offset() >= end.offset() || epochAt.applyAsInt(change.offset()) != change.epoch()) {
                return truncatedTo(change.offset());
            }
        }
        return this;
    }
}
