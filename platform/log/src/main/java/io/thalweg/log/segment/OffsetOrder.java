package io.thalweg.log.segment;

import java.io.IOException;

/**
 * Tells whether the offsets of batches follow each other as they should. A batch's checksum does not cover its base offset,
 * so that a bit that flips there shows in nothing but that: a base offset must be the one behind the batch before it, or,
 * where compaction may have left batches out, at least that and before the batch that follows.
 */
public final class OffsetOrder {

    /** What became of a batch whose offsets looked odd. */
    public enum Verdict {
        /** It is where it should be: compaction left out what is missing before it. */
        IN_ORDER,
        /** It is where it should be, and what is missing before it should be there. */
        MISSING_BEFORE,
        /** It has not the offset that it was written with, or is damaged otherwise. */
        WRONG
    }

    private final BatchScanner scanner;
    private final int end;
    private final long gapsBefore;
    private final long limit;

    // What the last judgement found.
    private int resumeAt;
    private long nextOffset;

    /**
     * @param end the end of the segment
     * @param gapsBefore offsets before this one may be missing between batches
     * @param limit where the next segment that holds something begins; {@link Long#MAX_VALUE} if there is none
     */
    public OffsetOrder(BatchScanner scanner, int end, long gapsBefore, long limit) {
        this.scanner = scanner;
        this.end = end;
        this.gapsBefore = gapsBefore;
        this.limit = limit;
    }

    /** Whether a batch from {@code base} to {@code last} has to be judged; costs nothing. */
    public boolean isOdd(long base, long last, long expected) {
        return base != expected || last >= limit;
    }

    /** Whether offsets may be missing up to {@code base}. */
    public boolean mayMiss(long base) {
        return base <= gapsBefore;
    }

    /** Judges the batch at {@code position}, whose header is plausible, where {@code expected} or more should be. */
    public Verdict judge(int position, long expected) throws IOException {
        BatchScanner.Header batch = scanner.soundAt(position);
        resumeAt = position + 1;
        nextOffset = expected;
        if (batch == null) {
            return Verdict.WRONG;
        }
        int after = position + batch.size();
        resumeAt = after;
        // Where the log would go on if the batch were the next one.
        nextOffset = expected + batch.lastOffsetDelta() + 1;
        if (batch.base() < expected || batch.last() >= limit) {
            return Verdict.WRONG;
        }
        Verdict ifRight = mayMiss(batch.base()) ? Verdict.IN_ORDER : Verdict.MISSING_BEFORE;
        BatchScanner.Header next = scanner.soundAt(after);
        if (next != null) {
            return against(batch, next, after, ifRight);
        }
        if (after < end) {
            // What follows is no witness: the benefit of the doubt, unless it is one bit that makes the difference.
            return ifRight == Verdict.MISSING_BEFORE && isOneBit(batch.base(), expected) ? Verdict.WRONG : ifRight;
        }
        if (limit < Long.MAX_VALUE) {
            return ifRight == Verdict.MISSING_BEFORE && nextOffset == limit ? Verdict.WRONG : ifRight;
        }
        // Nothing comes after it: nothing but a log in which offsets may be missing explains it.
        return ifRight == Verdict.IN_ORDER ? Verdict.IN_ORDER : Verdict.WRONG;
    }

    private Verdict against(BatchScanner.Header batch, BatchScanner.Header next, int after, Verdict ifRight) {
        if (next.base() > batch.last()) {
            return ifRight;
        }
        if (next.base() < nextOffset) {
            // There is no room for the batch before that one, which is therefore the one that is wrong.
            return ifRight;
        }
        if (next.base() > nextOffset) {
            // Either of them may be: neither is believed.
            resumeAt = after + next.size();
        }
        return Verdict.WRONG;
    }

    /**
     * Whether a batch at {@code position} that begins before {@code expected} was a good one once, and is not what a torn
     * write left.
     */
    public boolean isMisplaced(int position, long expected) throws IOException {
        BatchScanner.Header batch = scanner.soundAt(position);
        if (batch == null || batch.base() >= expected || !(mayMiss(expected + 1) || isOneBit(batch.base(), expected))) {
            return false;
        }
        nextOffset = expected + batch.lastOffsetDelta() + 1;
        return true;
    }

    private static boolean isOneBit(long found, long expected) {
        return Long.bitCount(found ^ expected) == 1;
    }

    /** After {@link Verdict#WRONG}: where to look for the next batch. */
    public int resumeAt() {
        return resumeAt;
    }

    /** After {@link Verdict#WRONG}: the offset behind the batch, had it the one that was expected. */
    public long nextOffset() {
        return nextOffset;
    }
}
