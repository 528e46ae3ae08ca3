package io.thalweg.log;

import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import io.thalweg.log.compaction.LastOfProducer;
import io.thalweg.log.epoch.LeaderEpochs;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.journal.EntryKind;
import io.thalweg.log.producer.ProducerEntry;
import io.thalweg.log.recovery.RestartPoint;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The log of one partition: one writer, reads from any thread. Made by {@link LogDirectory#log}; opened from disk when
 * it is first used. What it is at the moment stands in {@link LogState}, and each thing that is done to it in the class
 * named for that.
 *
 * <p>Locks, in this order: the directory's commit lock, its reclaim lock, this log's file lock (held while files are
 * flushed, cut or deleted), this log's lock (held for a moment).
 */
public final class PartitionLog {

    private final LogDirectory directory;
    private final LogState state;
    private final LogOffsets offsets;
    private final LogReads reads;

    // For the directory, each with its own rules of who may call.
    final LogOpening opening;
    final LogCommit commit;
    final LogFlush flush;
    final LogCut cut;
    final LogRetention retention;
    final ClosedSegments closedSegments;

    private volatile boolean takesWhenFull;

    /** @param checkpoint what the directory's last one said of the log, or null */
    PartitionLog(
            LogDirectory directory,
            LogHost host,
            LogId id,
            LogConfig config,
            boolean exists,
            DirectoryCheckpoint.@Nullable Entry checkpoint) {
        this.directory = directory;
        this.state = new LogState(host, id, config, exists);
        this.offsets = state.offsets;
        this.reads = new LogReads(state);
        this.opening = new LogOpening(state, checkpoint);
        this.flush = new LogFlush(state);
        this.commit = new LogCommit(state, opening, flush);
        this.cut = new LogCut(state, opening, flush);
        SegmentRemoval removal = new SegmentRemoval(state);
        this.retention = new LogRetention(state, flush, removal);
        this.closedSegments = new ClosedSegments(state, removal);
    }

    public LogId id() {
        return state.id;
    }

    /** Changes the settings; they apply from the next append and the next maintenance on. */
    public void config(LogConfig changed) {
        state.config = changed;
    }

    public LogConfig config() {
        return state.config;
    }

    /** Reads what is on the disk; a no-op if that happened. Blocks. */
    public void open() throws IOException {
        opening.open();
    }

    // ---- what is known

    public long logStartOffset() {
        opening.ensureKnown();
        return offsets.logStart;
    }

    public long logEndOffset() {
        opening.ensureKnown();
        return offsets.logEnd;
    }

    public long highWatermark() {
        opening.ensureKnown();
        return offsets.highWatermark;
    }

    /**
     * Moves the high watermark up to {@code offset}, at most to the log end offset; never back. Nothing else moves it up,
     * not an append, not a restart: after one it is what the last checkpoint knew, a lower bound. A truncation below it
     * takes it back, and {@link #restartAt} sets it to the new start.
     */
    public void advanceHighWatermark(long offset) {
        opening.ensureKnown();
        synchronized (state.lock) {
            long next = Math.min(offset, offsets.logEnd);
            if (next > offsets.highWatermark) {
                if (!state.history.transactions().isEmpty()) {
                    state.history.transactions().onHighWatermark(next);
                    offsets.firstUnstable = state.history.transactions().firstUnstableOffset();
                }
                offsets.highWatermark = next;
            }
        }
    }

    /** Where readers of committed data must stop: the first open transaction or the high watermark. */
    public long lastStableOffset() {
        opening.ensureKnown();
        return Math.max(offsets.logStart, Math.min(offsets.firstUnstable, offsets.highWatermark));
    }

    /** The largest epoch that something was appended in, -1 if there is none. */
    public int leaderEpoch() {
        opening.ensureKnown();
        return offsets.leaderEpoch;
    }

    /** The log end offset and the epoch of the last record, deleted or not, at one moment. */
    public EpochOffset end() {
        opening.ensureKnown();
        // While it is not open nothing changes.
        return state.isOpen() ? state.view().end() : new EpochOffset(offsets.leaderEpoch, offsets.logEnd);
    }

    /** What replication must know of the log, at one moment; never blocks once the log is open. */
    public LogView view() {
        opening.ensureOpen();
        return state.view();
    }

    public long sizeBytes() {
        opening.ensureKnown();
        return state.segments.sizeBytes();
    }

    /** Where acknowledged data is missing or unreadable and what to do; null for a sound log. */
    public @Nullable String damage() {
        return state.damage.what();
    }

    /**
     * The first offset from which on records that were durable are missing or unreadable; -1 for a sound log. See {@link
     * #discardDamage}.
     */
    public long damagedFrom() {
        return state.damage.from();
    }

    // ---- what replication wants

    /**
     * Refuses appends of {@link io.thalweg.log.record.AppendOrigin#CLIENT} and {@link
     * io.thalweg.log.record.AppendOrigin#COORDINATOR} in epochs before this one with NOT_LEADER_OR_FOLLOWER: when it
     * returns, none is staged any more. One that was staged before may still be committed. Any thread; waits at most while a
     * group is copied, never for the disk. Not persisted: the promise is. A no-op for a smaller epoch than before.
     */
    public void fence(int epoch) {
        commit.fence(epoch);
    }

    /** Shows what is about to be appended to {@code listener}, before it is flushed; null to end that. Any thread. */
    public void onStaged(@Nullable StagedListener listener) {
        commit.onStaged(listener);
    }

    /**
     * Appends to this log are taken even when the disk has no space left for segments, as those of {@link
     * io.thalweg.log.record.AppendOrigin#COORDINATOR} always are: the journal has its space. For the logs that the platform
     * itself needs to make room, on followers too.
     */
    public void takeWhenFull(boolean take) {
        takesWhenFull = take;
    }

    boolean takesWhenFull() {
        return takesWhenFull;
    }

    /**
     * As a follower: moves the log start offset up to that of the leader, at most to the high watermark; never back. Not
     * durable at once, because the leader tells it again. Blocks if the log is not open.
     */
    public void followStart(long leaderStart) throws IOException {
        opening.open();
        synchronized (state.lock) {
            state.startAt(Math.min(leaderStart, offsets.highWatermark));
        }
    }

    /**
     * Throws everything away and begins the log anew: it starts and ends at {@code start}, and so does its high watermark.
     * Durable when it returns; a crash leaves the old log or the new one, nothing between. Blocks.
     *
     * @param start where the leader's log starts, and the epoch of the record before it
     * @param votersThere of the leader's log there, by broker id; empty if it has no voters record before its start
     * @throws IOException if the directory failed
     */
    public void restartAt(EpochOffset start, Collection<Integer> votersThere) throws IOException {
        if (start.offset() < 0) {
            throw new IllegalArgumentException("a log cannot start there: log=" + id() + " start=" + start);
        }
        directory.restart(this, RestartPoint.of(start, votersThere));
    }

    /**
     * As a replica: gives up everything from the first damaged record on, so that it is fetched again; a no-op for a sound
     * log. Durable when it returns. Before, it must be durable elsewhere that this replica is not trusted: it lost what it
     * had said it holds, and neither votes nor counts until it has it again. Blocks.
     */
    public void discardDamage() throws IOException {
        opening.open();
        long from = state.damage.from();
        if (from > offsets.logStart) {
            truncateTo(from);
        } else if (from >= 0) {
            LogView now = state.view();
            VotersAt votersThere = now.votersAt(now.start().offset());
            restartAt(now.start(), votersThere == null ? List.of() : votersThere.ids());
        }
    }

    // ---- read

    /**
     * Reads from memory; never blocks.
     *
     * @param maxBytes soft limit
     * @param upTo nothing from this offset on: the high watermark or the last stable offset
     * @param minOneBatch return the first batch even if it alone is larger than {@code maxBytes}
     * @return null when {@code offset} is not in memory: then call {@link #read} where blocking is allowed
     * @throws ThalwegException OFFSET_OUT_OF_RANGE
     */
    public @Nullable LogRead readTail(long offset, int maxBytes, long upTo, boolean minOneBatch) {
        return reads.tail(offset, maxBytes, upTo, minOneBatch);
    }

    /**
     * Reads from memory or locates a region of a file; may block. Offsets that do not exist are stepped over.
     *
     * @throws ThalwegException OFFSET_OUT_OF_RANGE; KAFKA_STORAGE_ERROR if the bytes there are no batches
     */
    public LogRead read(long offset, int maxBytes, long upTo, boolean minOneBatch) throws IOException {
        opening.open();
        return reads.read(offset, maxBytes, upTo, minOneBatch);
    }

    /** The first record whose timestamp is at least {@code timestamp}; {@link TimestampOffset#NONE} if none is. Blocks. */
    public TimestampOffset offsetForTimestamp(long timestamp) throws IOException {
        opening.open();
        return reads.offsetForTimestamp(timestamp);
    }

    /** The log start offset. */
    public TimestampOffset earliest() throws IOException {
        opening.open();
        return new TimestampOffset(-1, offsets.logStart, state.history.epochs().epochOf(offsets.logStart));
    }

    /** The log end offset. */
    public TimestampOffset latest() {
        opening.ensureKnown();
        return new TimestampOffset(-1, offsets.logEnd, offsets.leaderEpoch);
    }

    /** The first record with the largest timestamp; {@link TimestampOffset#NONE} if there is none. Blocks. */
    public TimestampOffset maxTimestamp() throws IOException {
        opening.open();
        return reads.maxTimestamp();
    }

    /** Where {@code epoch} ended, or the largest one before it (KIP-101). */
    public EpochEnd endOfEpoch(int epoch) {
        opening.ensureOpen();
        return state.history.epochs().endOf(epoch, offsets.logStart, offsets.logEnd);
    }

    /** The aborted transactions with records or markers in {@code [from, upTo)}, by first offset. Blocks. */
    public List<AbortedTxn> abortedTransactions(long from, long upTo) throws IOException {
        opening.open();
        return reads.aborted(from, upTo);
    }

    /** As {@link #abortedTransactions}, but never blocks: null while the log is not open. */
    public @Nullable List<AbortedTxn> abortedTransactionsIfOpen(long from, long upTo) {
        return state.isOpen() ? reads.aborted(from, upTo) : null;
    }

    /** What is known of a producer; null for nothing. */
    public @Nullable ProducerEntry producer(long producerId) throws IOException {
        opening.open();
        synchronized (state.lock) {
            return state.history.producers().entry(producerId);
        }
    }

    // ---- log start and truncation

    /**
     * Makes {@code offset} the log start offset; durable when it returns in FSYNC mode. A no-op below the present one.
     * Blocks.
     *
     * @throws ThalwegException OFFSET_OUT_OF_RANGE beyond the high watermark
     */
    public void deleteRecordsBefore(long offset) throws IOException {
        opening.open();
        directory.journaled(this, EntryKind.START, offset, () -> {
            if (offset > offsets.highWatermark) {
                throw new ThalwegException(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "records cannot be deleted: log=" + id() + " beforeOffset=" + offset + " highWatermark="
                                + offsets.highWatermark);
            }
            return offset > offsets.logStart;
        });
        startAt(offset);
    }

    /** Moves the log start offset up, at most to the log end offset; durable with the next checkpoint. */
    void startAt(long offset) {
        state.startAt(offset);
    }

    /**
     * Makes {@code offset} the next one to be written, or the base offset of the batch that spans it, or the end of the
     * last batch before it if compaction left out what followed; durable when it returns. It is also how an operator
     * gives up damaged records. Blocks.
     *
     * @param offset in [logStartOffset, logEndOffset]; equal to logEndOffset is a no-op for a sound log
     * @throws ThalwegException OFFSET_OUT_OF_RANGE; the log is unchanged
     */
    public void truncateTo(long offset) throws IOException {
        directory.truncate(List.of(new Truncation(this, offset)));
    }

    // ---- for the directory

    boolean isOpen() {
        return state.isOpen();
    }

    boolean isKnown() {
        return state.known;
    }

    boolean isDeleted() {
        return state.isDeleted();
    }

    void checkNotDeleted() {
        state.checkNotDeleted();
    }

    /** Takes the file lock, so that no file of the log is flushed, cut or deleted. */
    void lockFiles() {
        state.fileLock.lock();
    }

    void unlockFiles() {
        state.fileLock.unlock();
    }

    /** What a checkpoint says of the log now. Any thread. */
    DirectoryCheckpoint.Entry checkpoint() {
        return offsets.checkpoint(state.segments.sizeBytes());
    }

    /** Where leader epochs begin. */
    Set<Long> epochStarts() {
        return state.view().epochs().stream()
                .map(LeaderEpochs.Entry::startOffset)
                .collect(Collectors.toSet());
    }

    /** What each producer wrote last. */
    Map<Long, LastOfProducer> lastOfProducers() {
        synchronized (state.lock) {
            return state.history.lastOfProducers();
        }
    }

    /** Checks what must hold between two calls; throws IllegalStateException if something does not. */
    public void checkInvariants() {
        state.tail.checkInvariants();
        synchronized (state.lock) {
            if (state.isOpen()) {
                new LogInvariants(state).check(commit.hasStaged());
            }
        }
    }
}
