package io.thalweg.log;

import io.thalweg.log.segment.Segment;

/** What must hold of an open log between two calls. The caller holds the log's lock. */
final class LogInvariants {

    private final LogState log;
    private final LogOffsets offsets;

    LogInvariants(LogState log) {
        this.log = log;
        this.offsets = log.offsets;
    }

    /**
     * Throws IllegalStateException if something does not hold.
     *
     * @param staged batches of producers are staged that are not in the log yet
     */
    void check(boolean staged) {
        checkView();
        if (!staged) {
            log.history.producers().checkInvariants(offsets.logEnd);
        }
        check(offsets.logStart <= offsets.logEnd, "logStartOffset <= logEndOffset");
        check(offsets.highWatermark <= offsets.logEnd, "highWatermark <= logEndOffset");
        check(offsets.logStart <= offsets.highWatermark, "logStartOffset <= highWatermark");
        check(log.damage.any() || offsets.recoveryPoint <= offsets.logEnd, "recoveryPoint <= logEndOffset");
        checkSegments();
    }

    private void checkView() {
        LogHistory history = log.history;
        LogView view = log.view();
        history.epochs().checkInvariants();
        history.voters().checkInvariants();
        check(view.end().offset() == offsets.logEnd, "the view ends at the log end offset");
        check(view.end().epoch() == offsets.leaderEpoch, "the view ends in the last epoch");
        check(view.start().offset() == offsets.logStart, "the view starts at the log start offset");
        check(view.epochs() == history.epochs().entries(), "the view has the epochs");
        check(view.voters() == history.voters().entries(), "the view has the voters");
    }

    private void checkSegments() {
        long previous = -1;
        for (Segment segment : log.segments.all()) {
            segment.checkInvariants();
            check(segment.baseOffset() >= previous, "segments do not overlap: base=" + segment.baseOffset());
            previous = segment.nextOffset();
        }
        long size = log.segments.sizeBytes();
        check(size == log.segments.sumOfSizes(), "sizeBytes is the sum of the segments: sizeBytes=" + size);
        check(previous <= offsets.logEnd, "segments end at the log end offset: nextOffset=" + previous);
    }

    private void check(boolean holds, String invariant) {
        if (!holds) {
            throw new IllegalStateException(
                    "log=" + log.id + " violates " + invariant + ": " + offsets + " " + log.view());
        }
    }
}
