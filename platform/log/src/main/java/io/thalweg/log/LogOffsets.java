package io.thalweg.log;

import io.thalweg.log.checkpoint.DirectoryCheckpoint;

/**
 * Where a log begins and ends and how far it is read and durable. Changed under the log's lock, but for {@link
 * #recoveryPoint} (under its file lock); read from any thread. All but the first unstable offset only grow, except through
 * a truncation or a restart at another offset.
 */
final class LogOffsets {

    volatile long logStart;

    /** What the directory's checkpoint says of the start; at most the log start offset. */
    volatile long durableStart;

    volatile long logEnd;
    volatile long highWatermark;

    /** Everything before it is durable in segments. */
    volatile long recoveryPoint;

    /** Where the first open transaction begins; {@link Long#MAX_VALUE} if none is open. */
    volatile long firstUnstable = Long.MAX_VALUE;

    /** The largest epoch that something was appended in, -1 if there is none. */
    volatile int leaderEpoch = -1;

    /** What the last checkpoint knew. */
    void from(DirectoryCheckpoint.Entry checkpoint) {
        logStart = checkpoint.logStartOffset();
        durableStart = logStart;
        recoveryPoint = checkpoint.recoveryPoint();
        logEnd = checkpoint.logEndOffset();
        highWatermark = checkpoint.highWatermark();
        leaderEpoch = checkpoint.leaderEpoch();
        firstUnstable = checkpoint.firstUnstableOffset();
    }

    /** For the next checkpoint. Any thread. */
    DirectoryCheckpoint.Entry checkpoint(long sizeBytes) {
        // The recovery point first: it never passes a log end offset that is read after it.
        long durable = recoveryPoint;
        return new DirectoryCheckpoint.Entry(
                logStart, durable, logEnd, highWatermark, leaderEpoch, sizeBytes, firstUnstable);
    }

    /** An empty log at {@code offset}. */
    void restartAt(long offset) {
        logStart = offset;
        durableStart = offset;
        logEnd = offset;
        highWatermark = offset;
        recoveryPoint = offset;
        firstUnstable = Long.MAX_VALUE;
    }

    /** Takes the high watermark to where it can be, given start and end. */
    void boundHighWatermark() {
        highWatermark = Math.min(Math.max(highWatermark, logStart), logEnd);
    }

    @Override
    public String toString() {
        return "logStartOffset=" + logStart + " recoveryPoint=" + recoveryPoint + " highWatermark=" + highWatermark
                + " logEndOffset=" + logEnd;
    }
}
