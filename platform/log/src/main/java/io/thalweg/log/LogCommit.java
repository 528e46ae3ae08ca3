package io.thalweg.log;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.journal.EntryKind;
import io.thalweg.log.journal.JournalFormat;
import io.thalweg.log.producer.ProducerEntry;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.log.tail.Staging;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One log's part in the group that the writer commits: appends are checked and staged, and then written into segments and
 * published. The writer's, under the directory's commit lock; takes the log's lock for a moment, and the fence lock after
 * it.
 */
final class LogCommit {

    private final LogState log;
    private final LogOpening opening;
    private final LogFlush flush;
    private final Staged staged = new Staged();

    private @Nullable Append first;
    private @Nullable Append last;

    /** Null while nobody replicates the log. Set from any thread. */
    private volatile @Nullable StagedListener listener;

    /** Who was shown the group in hand; null if nobody was. */
    private @Nullable StagedListener shownTo;

    /** The journal file that data of this log was last written into; {@link DirectoryJournal}'s. */
    long journalOrdinal;

    /** Held while a group is copied into staging chunks. */
    private final Object fenceLock = new Object();

    /** Guarded by the fence lock. */
    private int fencedBelow;

    LogCommit(LogState log, LogOpening opening, LogFlush flush) {
        this.log = log;
        this.opening = opening;
        this.flush = flush;
    }

    /** See {@link PartitionLog#fence}. */
    void fence(int epoch) {
        synchronized (fenceLock) {
            fencedBelow = Math.max(fencedBelow, epoch);
        }
    }

    /** See {@link PartitionLog#onStaged}. */
    void onStaged(@Nullable StagedListener told) {
        listener = told;
    }

    // ---- the group

    /** Puts {@code append} behind those of the same group; true if it is the first. */
    boolean join(Append append) {
        append.nextOfLog = null;
        Append before = last;
        last = append;
        if (before == null) {
            first = append;
            return true;
        }
        before.nextOfLog = append;
        return false;
    }

    /** Whether the group has something to write for this log. */
    boolean hasStaged() {
        return !staged.isEmpty();
    }

    /** Refuses what is not refused already and takes the staging back. */
    void failGroup(ErrorCode error, String message) {
        StagedListener shown = shownTo;
        if (shown != null) {
            // Another record in its place, in the same epoch, would be taken for this one.
            fence(staged.leaderEpoch + 1);
            shown.onStagedLost();
        }
        synchronized (log.lock) {
            staged.restore(log.history.producers());
            for (Append append = first; append != null; append = append.nextOfLog) {
                // A duplicate of what the log holds stays a success; one of what comes to nothing does not.
                boolean standing = append.failure() != null
                        || (append.duplicate() && append.done() && append.lastOffset() < log.offsets.logEnd);
                if (!standing) {
                    if (shown != null) {
                        append.shownInVain();
                    }
                    append.failed(error, message);
                }
            }
            endGroup();
        }
    }

    /** Forgets the group: it is committed, or there was nothing to write for this log. */
    void endGroup() {
        shownTo = null;
        staged.clear();
        first = null;
        last = null;
    }

    // ---- stage

    /** Assigns offsets and copies the batches of the group into staging chunks; returns the number of journal entries. */
    int stage(Staging staging, long nowMillis) {
        try {
            opening.open();
        } catch (IOException failure) {
            failGroup(ErrorCode.KAFKA_STORAGE_ERROR, "log cannot be opened: log=" + log.id + ": " + failure);
            return 0;
        }
        synchronized (log.lock) {
            staged.begin(log.offsets.logEnd, log.offsets.leaderEpoch);
            synchronized (fenceLock) {
                for (Append append = first; append != null; append = append.nextOfLog) {
                    try {
                        stageOne(append, staging, nowMillis);
                    } catch (ThalwegException refused) {
                        append.failed(refused);
                    }
                }
            }
            for (Staged.Run run : staged.runs) {
                JournalFormat.writeEntryHeader(
                        run.chunk.memory(), run.entryAt, log.id, EntryKind.APPEND, run.after, run.end - run.at);
            }
            return staged.runs.size();
        }
    }

    private void stageOne(Append append, Staging staging, long nowMillis) {
        checkWritable(append);
        ByteBuffer batch = append.batches.bytes();
        boolean hasProducer = append.batches.hasProducerId();
        TransactionMarker marker = null;
        if (append.batches.isControl()) {
            // What is not readable is refused here; once it is in the journal it is too late.
            marker = TransactionMarker.read(batch, 0);
            ControlRecords.readVoters(batch, 0);
        }
        boolean replica = append.origin == AppendOrigin.REPLICA;
        if (hasProducer && !replica && isDuplicate(append, batch)) {
            return;
        }
        if (append.refusal != null) {
            throw append.refusal;
        }
        if (hasProducer && !replica) {
            log.history.producers().check(batch, 0, append.origin == AppendOrigin.CLIENT, marker);
        }
        int bytes = append.batches.sizeInBytes();
        long base = replica ? append.batches.baseOffset() : staged.nextOffset;
        Staged.Run run = reserve(staging, bytes, base);
        int at = run.end;
        ByteBuffer memory = run.chunk.memory();
        append.batches.copyTo(memory, at, base, append.leaderEpoch, nowMillis);
        if (hasProducer && !LogHistory.isEmptied(memory, at, marker)) {
            staged.before(append.batches.producerId(), log.history.producers().update(memory, at, marker));
        }
        long next = base + append.batches.lastOffsetDelta() + 1;
        run.end = at + bytes;
        run.nextOffset = next;
        staged.nextOffset = next;
        staged.leaderEpoch = append.leaderEpoch;
        append.staged(base, next - 1, append.batches.logAppendTime() ? nowMillis : -1);
    }

    /** Whether the log holds the batch of an idempotent producer already. */
    private boolean isDuplicate(Append append, ByteBuffer batch) {
        boolean client = append.origin == AppendOrigin.CLIENT;
        ProducerEntry.Batch duplicate = client ? log.history.producers().duplicate(batch, 0) : null;
        if (duplicate == null) {
            return false;
        }
        append.duplicateOf(
                duplicate.firstOffset(),
                duplicate.lastOffset(),
                append.batches.logAppendTime() ? duplicate.timestamp() : -1);
        return true;
    }

    /** Room for {@code bytes} at the end of the last run, or in a new one with a journal entry in front. */
    private Staged.Run reserve(Staging staging, int bytes, long base) {
        Staged.Run run = staged.isEmpty() ? null : staged.runs.get(staged.runs.size() - 1);
        if (run != null && run.chunk == staging.current() && staging.fits(bytes)) {
            staging.reserve(bytes);
            return run;
        }
        int entryAt = staging.reserve(JournalFormat.ENTRY_HEADER_BYTES + bytes);
        int at = entryAt + JournalFormat.ENTRY_HEADER_BYTES;
        Staged.Run begun = new Staged.Run(staging.current(), entryAt, at, Math.min(staged.nextOffset, base));
        staged.runs.add(begun);
        return begun;
    }

    private void checkWritable(Append append) {
        log.checkNotDeleted();
        String damaged = log.damage.what();
        if (damaged != null) {
            throw new ThalwegException(
                    ErrorCode.KAFKA_STORAGE_ERROR,
                    "append rejected: the log is damaged and read-only: log=" + log.id + " " + damaged);
        }
        boolean replica = append.origin == AppendOrigin.REPLICA;
        if (replica) {
            checkFollows(append);
        }
        int current = replica ? staged.leaderEpoch : Math.max(staged.leaderEpoch, fencedBelow);
        if (append.leaderEpoch < current) {
            throw new ThalwegException(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER,
                    "append rejected: log=" + log.id + " epoch=" + append.leaderEpoch + " currentEpoch=" + current
                            + "; refresh metadata and retry");
        }
        // The leader took what is replicated, and the batches of replication itself are small.
        int segmentBytes = log.config.segmentBytes();
        if (!replica && !append.batches.isControl() && append.batches.sizeInBytes() > segmentBytes) {
            throw new ThalwegException(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    "append rejected: log=" + log.id + " bytes=" + append.batches.sizeInBytes() + " segmentBytes="
                            + segmentBytes);
        }
    }

    private void checkFollows(Append fetched) {
        EpochOffset end = new EpochOffset(staged.leaderEpoch, staged.nextOffset);
        EpochOffset after = fetched.after;
        boolean broken = fetched.previous != null && fetched.previous.failure() != null;
        // Only a log that has just begun anew may begin within a batch.
        broken |= fetched.batches.baseOffset() < end.offset()
                && (end.offset() != log.offsets.logStart || log.segments.sizeBytes() != 0);
        if (broken || after == null || !end.isAt(after)) {
            throw new ThalwegException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "fetched batch does not follow: log=" + log.id + " baseOffset=" + fetched.batches.baseOffset()
                            + " after=" + after + " end=" + end + "; fetch from there");
        }
    }

    // ---- before it is durable

    /** Shows the staged batches to who replicates the log. The group must be written now, or fail. */
    void show() {
        StagedListener to = listener;
        if (to == null || staged.isEmpty() || !to.wantsStaged() || !isShowable()) {
            return;
        }
        int bytes = 0;
        for (Staged.Run run : staged.runs) {
            bytes += run.end - run.at;
        }
        ByteBuffer batches = ByteBuffer.allocate(bytes);
        for (Staged.Run run : staged.runs) {
            batches.put(run.chunk.slice(run.at, run.end - run.at));
        }
        shownTo = to;
        EpochOffset end = new EpochOffset(staged.leaderEpoch, staged.nextOffset);
        to.onStaged(log.offsets.logEnd, end, batches.flip());
    }

    /** Whether the group is of one epoch's leader, and holds nothing that changes how the log is replicated. */
    private boolean isShowable() {
        for (Append append = first; append != null; append = append.nextOfLog) {
            boolean staging = append.failure() == null && !append.duplicate();
            if (staging
                    && (append.origin == AppendOrigin.REPLICA
                            || append.batches.isControl()
                            || append.leaderEpoch != staged.leaderEpoch)) {
                return false;
            }
        }
        return true;
    }

    // ---- commit

    /**
     * Writes the staged batches into segments and publishes them.
     *
     * @param journaled they are durable: they are published even if a segment cannot take them yet
     * @throws IOException if a segment could not be written. If journaled, the batches are in the log all the same and
     *     wait in memory; else they are refused and the log is as before
     */
    void commit(boolean journaled) throws IOException {
        IOException failure = null;
        synchronized (log.lock) {
            try {
                writeStaged();
            } catch (IOException unwritten) {
                failure = unwritten;
                if (journaled) {
                    staged.runs.forEach(log.waiting::add);
                } else {
                    cutBack(unwritten);
                }
            }
            if (failure == null || journaled) {
                publish();
            }
        }
        if (failure != null && !journaled) {
            failGroup(ErrorCode.KAFKA_STORAGE_ERROR, "segment cannot be written: log=" + log.id + ": " + failure);
            throw failure;
        }
        for (Append append = first; append != null; append = append.nextOfLog) {
            append.succeeded();
        }
        endGroup();
        if (failure != null) {
            throw failure;
        }
    }

    private void writeStaged() throws IOException {
        if (!log.waiting.isEmpty()) {
            writeWaiting();
        }
        log.folder.create();
        for (Staged.Run run : staged.runs) {
            log.writer.write(run.chunk.memory(), run.at, run.end, run.after);
        }
    }

    private void publish() {
        long bytes = 0;
        for (Staged.Run run : staged.runs) {
            log.history.onAppended(run.chunk.memory(), run.at, run.end, log.segments);
            log.tail.add(run.chunk, run.at, run.end - run.at, run.after, run.nextOffset);
            bytes += run.end - run.at;
        }
        flush.onPublished(bytes);
        log.changedSinceOpen = true;
        log.segments.noteSize();
        log.noteHistory();
        log.offsets.logEnd = staged.nextOffset;
        log.noteView();
        if (log.waiting.isEmpty() && log.writer.takeRolled()) {
            // The producers of the staged group are known by now, which is right: the snapshot is for its end.
            log.history.encodeSnapshot(log.offsets.logEnd);
        }
    }

    /** Takes out of the files what a failed write left of the staged group. */
    private void cutBack(IOException cause) {
        try {
            log.cutFiles(log.offsets.logEnd);
        } catch (IOException second) {
            cause.addSuppressed(second);
            log.host.health().offline("segments cannot be cut back: log=" + log.id, second);
        }
    }

    // ---- a full disk

    /** Writes what waits for space. Blocks. */
    void drain() throws IOException {
        synchronized (log.lock) {
            writeWaiting();
        }
    }

    private void writeWaiting() throws IOException {
        log.folder.create();
        log.waiting.write();
        log.segments.noteSize();
    }

    // ---- maintenance

    /** Forgets silent producers. Any thread. */
    void expireProducers(long before) {
        synchronized (log.lock) {
            if (log.isOpen() && staged.isEmpty()) {
                log.history.producers().expire(before);
            }
        }
    }
}
