package io.thalweg.log;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ValidatedBatches;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way into one log, and then what became of it. Made by the caller, handed to
 * {@link LogDirectory#append} once, and read after that returned; the hand-over of threads is the caller's.
 */
public final class Append {

    /** Where an append is in {@link LogDirectory#append}. Action: none. Transition: only forward, in this order. */
    enum State {
        /** Not yet seen by the writer. */
        NEW,
        /** Offsets are assigned and the batch lies in a staging chunk; nobody can see it. */
        STAGED,
        /** In the log, or refused: see {@link Append#failure()}. */
        DONE
    }

    final PartitionLog log;
    final ValidatedBatches batches;
    final AppendOrigin origin;
    final int leaderEpoch;

    State state = State.NEW;
    /** The next append to the same log in the same group. */
    @Nullable
    Append nextOfLog;

    private @Nullable ThalwegException failure;
    private long baseOffset = -1;
    private long lastOffset = -1;
    private long logAppendTimeMillis = -1;
    private boolean duplicate;

    /** @param leaderEpoch in which the caller leads; an older one than the log's is refused */
    public Append(PartitionLog log, ValidatedBatches batches, int leaderEpoch, AppendOrigin origin) {
        this.log = log;
        this.batches = batches;
        this.leaderEpoch = leaderEpoch;
        this.origin = origin;
    }

    public PartitionLog log() {
        return log;
    }

    public ValidatedBatches batches() {
        return batches;
    }

    /** Why nothing was appended; null if it was, or was already. */
    public @Nullable ThalwegException failure() {
        return failure;
    }

    /** Offset of the first record; of the first append if this is a {@link #duplicate()}; -1 after a failure. */
    public long baseOffset() {
        return baseOffset;
    }

    public long lastOffset() {
        return lastOffset;
    }

    /** The broker's time if the topic stamps records itself, else -1. */
    public long logAppendTimeMillis() {
        return logAppendTimeMillis;
    }

    /** Whether the log held this batch of its idempotent producer already. */
    public boolean duplicate() {
        return duplicate;
    }

    /** Whether the outcome is known. */
    public boolean done() {
        return state == State.DONE;
    }

    void staged(long base, long last, long stampMillis) {
        state = State.STAGED;
        baseOffset = base;
        lastOffset = last;
        logAppendTimeMillis = stampMillis;
    }

    void succeeded() {
        state = State.DONE;
    }

    void duplicateOf(long base, long last, long stampMillis) {
        staged(base, last, stampMillis);
        duplicate = true;
        state = State.DONE;
    }

    void failed(ErrorCode error, String message) {
        failed(new ThalwegException(error, message));
    }

    void failed(ThalwegException why) {
        failure = why;
        baseOffset = -1;
        lastOffset = -1;
        logAppendTimeMillis = -1;
        state = State.DONE;
    }
}
