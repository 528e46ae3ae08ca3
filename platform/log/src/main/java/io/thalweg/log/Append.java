package io.thalweg.log;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.ValidatedBatches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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

    /** Of what was fetched: where the log must end for the batch to follow. */
    final @Nullable EpochOffset after;

    /** Of what was fetched: the batch before it, without which it does not follow. */
    final @Nullable Append previous;

    /** Why it may not enter the log now; a duplicate, which is there already, is answered all the same. */
    @Nullable
    ThalwegException refusal;

    State state = State.NEW;
    /** The next append to the same log in the same group. */
    @Nullable
    Append nextOfLog;

    private @Nullable ThalwegException failure;
    private long baseOffset = -1;
    private long lastOffset = -1;
    private long logAppendTimeMillis = -1;
    private boolean duplicate;
    private boolean undecided;

    /** @param leaderEpoch in which the caller leads; an older one than the log's is refused */
    public Append(PartitionLog log, ValidatedBatches batches, int leaderEpoch, AppendOrigin origin) {
        this(log, batches, leaderEpoch, origin, null, null);
        if (origin == AppendOrigin.REPLICA) {
            throw new IllegalArgumentException("a replicated batch comes with where it belongs: see fetched()");
        }
    }

    private Append(
            PartitionLog log,
            ValidatedBatches batches,
            int leaderEpoch,
            AppendOrigin origin,
            @Nullable EpochOffset after,
            @Nullable Append previous) {
        this.log = log;
        this.batches = batches;
        this.leaderEpoch = leaderEpoch;
        this.origin = origin;
        this.after = after;
        this.previous = previous;
    }

    /**
     * One append for each batch that a follower fetched, to be committed in this order. Each is refused with
     * OFFSET_OUT_OF_RANGE unless the log then ends exactly where the leader's did before it, by offset and epoch, and
     * all before it were taken: what comes too late changes nothing. Offsets that compaction left out stay out. The first
     * batch may begin before {@code from} if the log has just begun anew there, because a leader's log may start within one.
     *
     * @param records whole batches; they stay the caller's memory and must not change before the appends are done
     * @param from where the follower's log ends: what it asked for
     * @param end of the records as the leader told it: the last batch must end there, in that epoch
     * @throws ThalwegException CORRUPT_MESSAGE, UNSUPPORTED_FOR_MESSAGE_FORMAT if a batch is not what the leader has, or
     *     if they do not lead from {@code from} to {@code end}
     */
    public static List<Append> fetched(PartitionLog log, ByteBuffer records, EpochOffset from, EpochOffset end) {
        ByteBuffer bytes = records.slice();
        List<Append> appends = new ArrayList<>();
        EpochOffset at = from;
        Append previous = null;
        int position = 0;
        while (position < bytes.limit()) {
            int size =
                    bytes.limit() - position < BatchHeader.LOG_OVERHEAD ? 0 : BatchHeader.sizeInBytes(bytes, position);
            if (size < BatchHeader.BYTES || size > bytes.limit() - position) {
                throw misfit(log, from, end, "a batch is cut off: position=" + position + " bytes=" + bytes.limit());
            }
            ValidatedBatches batch = BatchValidator.validateReplicated(bytes.slice(position, size));
            long last = batch.baseOffset() + batch.lastOffsetDelta();
            if ((previous == null ? last : batch.baseOffset()) < at.offset() || batch.leaderEpoch() < at.epoch()) {
                throw misfit(
                        log,
                        from,
                        end,
                        "a batch does not follow: baseOffset=" + batch.baseOffset() + " epoch=" + batch.leaderEpoch()
                                + " after=" + at);
            }
            previous = new Append(log, batch, batch.leaderEpoch(), AppendOrigin.REPLICA, at, previous);
            appends.add(previous);
            at = new EpochOffset(batch.leaderEpoch(), last + 1);
            position += size;
        }
        if (!at.isAt(end)) {
            throw misfit(log, from, end, "they end elsewhere: found=" + at);
        }
        return appends;
    }

    private static ThalwegException misfit(PartitionLog log, EpochOffset from, EpochOffset end, String found) {
        return new ThalwegException(
                ErrorCode.CORRUPT_MESSAGE,
                "fetched records refused: log=" + log.id() + " from=" + from + " end=" + end + ": " + found
                        + "; fetch them again");
    }

    /**
     * Lets it fail with {@code why} unless the log has the batch already. An idempotent producer that was not answered sends its
     * batch again, together with newer ones: were it refused for a moment, and those taken, it would never be known again as
     * the duplicate that it is. Before it is handed to {@link LogDirectory#append}.
     */
    public void refuseUnlessDuplicate(ThalwegException why) {
        refusal = why;
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

    /** Of one that failed: whether another replica may hold the batch all the same; see {@link StagedListener}. */
    public boolean undecided() {
        return undecided;
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

    /** It fails, and was shown to others before. */
    void shownInVain() {
        undecided = true;
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
