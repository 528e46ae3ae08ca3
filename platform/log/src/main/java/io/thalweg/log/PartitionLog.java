package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import io.thalweg.log.checkpoint.VotersCheckpoint;
import io.thalweg.log.compaction.CompactedSegment;
import io.thalweg.log.compaction.LastOfProducer;
import io.thalweg.log.epoch.LeaderEpochs;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.journal.EntryKind;
import io.thalweg.log.journal.JournalFormat;
import io.thalweg.log.producer.OpenTransactions;
import io.thalweg.log.producer.ProducerEntry;
import io.thalweg.log.producer.ProducerSnapshotCodec;
import io.thalweg.log.producer.ProducerStates;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.log.recovery.LoadedLog;
import io.thalweg.log.recovery.LogLoader;
import io.thalweg.log.recovery.RestartPoint;
import io.thalweg.log.segment.BatchScanner;
import io.thalweg.log.segment.Hole;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import io.thalweg.log.segment.SegmentIndex;
import io.thalweg.log.tail.Staging;
import io.thalweg.log.tail.Tail;
import io.thalweg.log.voters.VoterHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one partition: one writer, reads from any thread. Made by {@link LogDirectory#log}; opened from disk when
 * it is first used.
 *
 * <p>Locks, in this order: the directory's commit lock, its reclaim lock, this log's file lock (held while files are
 * flushed, cut or deleted), this log's lock (held for a moment).
 */
public final class PartitionLog {

    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionLog.class);
    private static final String METADATA_FILE = "partition.metadata";

    /** Up to so much is read again at the next start rather than flushed in files that save that reading. */
    private static final int REREAD_BYTES_MAX = 64 << 10;

    /** Action: each says what may be done. Transition: UNOPENED to OPEN at first use; both to DELETED. */
    private enum State {
        /** Only what the checkpoint says is known, if it says anything. */
        UNOPENED,
        /** Everything is in memory but the records. */
        OPEN,
        /** The directory is gone or going. */
        DELETED
    }

    private final LogDirectory directory;
    private final LogId id;
    private final LogReader reader;
    private final Tail tail = new Tail();
    final ReentrantLock fileLock = new ReentrantLock();
    private final Object lock = new Object();

    private final boolean startKnown;
    private final Path path;
    private final LogCaches caches;
    private final SegmentCutter cutter;
    private volatile LogConfig config;
    private volatile State state = State.UNOPENED;

    /** The offsets below are right: the log is open, or the checkpoint of a clean shutdown told them. */
    private volatile boolean known;

    // All of these only grow, but for a truncation or a restart at another offset.
    private volatile long logStartOffset;

    /** At most the log start offset. */
    private volatile long durableStart;

    private volatile long logEndOffset;
    private volatile long highWatermark;

    /** Everything before it is durable in segments. */
    private volatile long recoveryPoint;

    private volatile long firstUnstableOffset = Long.MAX_VALUE;
    private volatile int leaderEpoch = -1;
    private volatile long sizeBytes;
    private volatile Segment[] segments = {};
    private volatile @Nullable String damage;

    /** -1 while there is no damage. */
    private volatile long damagedFrom = -1;

    /** Of the open log. */
    private volatile LogView view = new LogView(new EpochOffset(-1, 0), new EpochOffset(-1, 0), List.of(), List.of());

    private volatile boolean takesWhenFull;

    /** Held while a group is copied into staging chunks; taken after this log's lock. */
    private final Object fenceLock = new Object();

    /** Guarded by the fence lock. */
    private int fencedBelow;

    // Guarded by lock.
    private ProducerStates producers = new ProducerStates();
    private OpenTransactions transactions = new OpenTransactions();
    private LeaderEpochs epochs = new LeaderEpochs(List.of());
    private VoterHistory voters = new VoterHistory(List.of());
    private final ArrayDeque<PendingRun> pending = new ArrayDeque<>();
    /** Of all segments but the last. */
    private long closedBytes;

    private boolean exists;
    private boolean directoryChanged;

    /** The directory's own name may not be durable. */
    private boolean nameUnsynced;

    private boolean snapshotDue;
    private boolean changedSinceOpen;
    private @Nullable ByteBuffer snapshot;
    private long snapshotAt = -1;
    private long segmentJitterMillis;

    /** Guarded by the file lock. */
    private long hiddenSegments;

    // The writer's.
    private final Staged staged = new Staged();

    @Nullable
    Append groupFirst;

    private @Nullable Append groupLast;
    long journalOrdinal;

    /** Data in journal files before this ordinal is durable in segments. */
    private volatile long flushedOrdinal;

    PartitionLog(
            LogDirectory directory,
            LogId id,
            LogConfig config,
            boolean exists,
            DirectoryCheckpoint.@Nullable Entry checkpoint,
            boolean trusted) {
        this.directory = directory;
        this.id = id;
        this.config = config;
        this.exists = exists;
        this.path = directory.root().resolve(id.directoryName());
        this.reader = new LogReader(directory.indexes());
        this.caches = new LogCaches(id, directory.files(), directory.indexes(), path);
        this.cutter = new SegmentCutter(directory.files(), directory.indexes(), path);
        this.startKnown = checkpoint != null;
        if (checkpoint != null) {
            logStartOffset = checkpoint.logStartOffset();
            durableStart = logStartOffset;
            recoveryPoint = checkpoint.recoveryPoint();
            logEndOffset = checkpoint.logEndOffset();
            highWatermark = checkpoint.highWatermark();
            leaderEpoch = checkpoint.leaderEpoch();
            sizeBytes = checkpoint.sizeBytes();
            firstUnstableOffset = checkpoint.firstUnstableOffset();
        }
        this.known = !exists || (trusted && checkpoint != null);
    }

    public LogId id() {
        return id;
    }

    /** Changes the settings; they apply from the next append and the next maintenance on. */
    public void config(LogConfig changed) {
        config = changed;
    }

    public LogConfig config() {
        return config;
    }

    // ---- what is known

    public long logStartOffset() {
        ensureKnown();
        return logStartOffset;
    }

    public long logEndOffset() {
        ensureKnown();
        return logEndOffset;
    }

    public long highWatermark() {
        ensureKnown();
        return highWatermark;
    }

    /**
     * Moves the high watermark up to {@code offset}, at most to the log end offset; never back. Nothing else moves it up,
     * not an append, not a restart: after one it is what the last checkpoint knew, a lower bound. A truncation below it
     * takes it back, and {@link #restartAt} sets it to the new start.
     */
    public void advanceHighWatermark(long offset) {
        ensureKnown();
        synchronized (lock) {
            long next = Math.min(offset, logEndOffset);
            if (next > highWatermark) {
                if (!transactions.isEmpty()) {
                    transactions.onHighWatermark(next);
                    firstUnstableOffset = transactions.firstUnstableOffset();
                }
                highWatermark = next;
            }
        }
    }

    /** Where readers of committed data must stop: the first open transaction or the high watermark. */
    public long lastStableOffset() {
        ensureKnown();
        return Math.max(logStartOffset, Math.min(firstUnstableOffset, highWatermark));
    }

    /** The largest epoch that something was appended in, -1 if there is none. */
    public int leaderEpoch() {
        ensureKnown();
        return leaderEpoch;
    }

    /** The log end offset and the epoch of the last record, deleted or not, at one moment. */
    public EpochOffset end() {
        ensureKnown();
        // While it is not open nothing changes.
        return state == State.OPEN ? view.end() : new EpochOffset(leaderEpoch, logEndOffset);
    }

    /** What replication must know of the log, at one moment; never blocks once the log is open. */
    public LogView view() {
        ensureOpen();
        return view;
    }

    /**
     * The first offset from which on records that were durable are missing or unreadable; -1 for a sound log. See {@link
     * #discardDamage}.
     */
    public long damagedFrom() {
        return damagedFrom;
    }

    public long sizeBytes() {
        ensureKnown();
        return sizeBytes;
    }

    /** Where acknowledged data is missing or unreadable and what to do; null for a sound log. */
    public @Nullable String damage() {
        return damage;
    }

    long recoveryPoint() {
        return recoveryPoint;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isKnown() {
        return known;
    }

    long flushedOrdinal() {
        return flushedOrdinal;
    }

    boolean isDeleted() {
        return state == State.DELETED;
    }

    void checkNotDeleted() {
        if (state == State.DELETED) {
            throw new ThalwegException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "log is deleted: log=" + id);
        }
    }

    DirectoryCheckpoint.Entry checkpoint() {
        // The recovery point first: it never passes a log end offset that is read after it.
        long durable = recoveryPoint;
        return new DirectoryCheckpoint.Entry(
                logStartOffset, durable, logEndOffset, highWatermark, leaderEpoch, sizeBytes, firstUnstableOffset);
    }

    // ---- open

    private void ensureKnown() {
        if (!known) {
            ensureOpen();
        }
    }

    private void ensureOpen() {
        try {
            open();
        } catch (IOException failure) {
            throw new ThalwegException(
                    ErrorCode.KAFKA_STORAGE_ERROR, "log cannot be opened: log=" + id + ": " + failure, failure);
        }
    }

    /** Reads what is on the disk; a no-op if that happened. Blocks. */
    public void open() throws IOException {
        if (state != State.UNOPENED) {
            return;
        }
        synchronized (lock) {
            if (state == State.UNOPENED) {
                if (exists) {
                    load();
                }
                noteView();
                state = State.OPEN;
                known = true;
                if (!directory.replaying()) {
                    checkLength();
                }
            }
        }
    }

    private void load() throws IOException {
        LoadedLog loaded;
        try {
            loaded = new LogLoader(
                            directory.files(),
                            directory.openFiles(),
                            directory.indexes(),
                            path,
                            directory.nowMillis(),
                            config.indexIntervalBytes(),
                            directory.coveredFrom(id))
                    .load(recoveryPoint, logStartOffset, startKnown);
        } catch (NoSuchFileException absent) {
            // Created by an append that only the journal knows.
            long covered = directory.coveredFrom(id);
            long end = covered < 0 ? logStartOffset : Math.min(covered, logStartOffset);
            loaded = new LoadedLog(
                    List.of(), producers, transactions, epochs, voters, end, -1, null, List.of("directory is missing"));
            exists = false;
        }
        for (String repaired : loaded.repaired()) {
            LOGGER.atWarn()
                    .addKeyValue("partition", id)
                    .addKeyValue("offset", loaded.logEndOffset())
                    .log("log repaired: {}", repaired);
        }
        adopt(loaded);
        // After a crash the names of files, in use or removed, may not be durable.
        directoryChanged = !directory.trusted();
        nameUnsynced = directory.replaying();
    }

    private void adopt(LoadedLog loaded) {
        producers = loaded.producers();
        transactions = loaded.transactions();
        epochs = loaded.epochs();
        voters = loaded.voters();
        segments(loaded.segments().toArray(new Segment[0]));
        logEndOffset = loaded.logEndOffset();
        if (segments.length > 0 && loaded.missing() == null) {
            logStartOffset = Math.max(logStartOffset, segments[0].baseOffset());
        }
        if (loaded.missing() != null) {
            damage(loaded.missing(), logStartOffset);
        }
        highWatermark = Math.min(Math.max(highWatermark, logStartOffset), logEndOffset);
        transactions.onHighWatermark(highWatermark);
        firstUnstableOffset = transactions.firstUnstableOffset();
        leaderEpoch = epochs.latest();
        snapshotAt = loaded.snapshotOffset();
        noteSize();
    }

    /** Publishes what replication sees; the caller holds the lock. */
    private void noteView() {
        long start = logStartOffset;
        view = new LogView(
                new EpochOffset(epochs.epochOf(start - 1), start),
                new EpochOffset(leaderEpoch, logEndOffset),
                epochs.entries(),
                voters.entries());
    }

    /** The only place that changes which segments there are; the caller holds the lock. */
    private void segments(Segment[] changed) {
        long closed = 0;
        for (int i = 0; i < changed.length - 1; i++) {
            closed += changed[i].sizeBytes();
        }
        closedBytes = closed;
        segments = changed;
    }

    /** Every commit asks, so that nothing is summed here: closed segments do not grow. */
    private void noteSize() {
        sizeBytes = segments.length == 0 ? 0 : closedBytes + active().sizeBytes();
    }

    /** Finds out what is missing; called when the journal has had its say, or had nothing to say. */
    void checkLength() {
        synchronized (lock) {
            if (state != State.OPEN) {
                return;
            }
            boolean holes = false;
            for (Segment segment : segments) {
                for (Hole hole : segment.holes()) {
                    if (hole.nextOffset() <= logStartOffset) {
                        continue;
                    }
                    holes = true;
                    damage(
                            "unreadable from offset " + hole.offset() + " to " + hole.nextOffset() + ": file="
                                    + segment.file().path() + " position=" + hole.position() + " end=" + hole.end(),
                            Math.max(hole.offset(), logStartOffset));
                }
            }
            if (!holes && logEndOffset < logStartOffset && recoveryPoint <= logStartOffset) {
                // All that was readable is there; what lies before the start was deleted.
                logEndOffset = logStartOffset;
            }
            if (!holes && logEndOffset < recoveryPoint) {
                damage("missing from offset " + logEndOffset + " to " + recoveryPoint, logEndOffset);
            }
            highWatermark = Math.min(Math.max(highWatermark, logStartOffset), logEndOffset);
            noteView();
        }
    }

    private void damage(String what, long from) {
        if (what.equals(damage)) {
            return;
        }
        damage = what;
        damagedFrom = damagedFrom < 0 ? from : Math.min(damagedFrom, from);
        LOGGER.atError()
                .addKeyValue("partition", id)
                .addKeyValue("offset", from)
                .log(
                        "acknowledged records are {}; the partition is read-only. Restore its files or a replica, or give"
                                + " the records up by truncating the log",
                        what);
    }

    // ---- what replication wants

    /**
     * Refuses appends of {@link AppendOrigin#CLIENT} and {@link AppendOrigin#COORDINATOR} in epochs before this one with
     * NOT_LEADER_OR_FOLLOWER: when it returns, none is staged any more. One that was staged before may still be committed.
     * Any thread; waits at most while a group is copied, never for the disk. Not persisted: the promise is. A no-op for a
     * smaller epoch than before.
     */
    public void fence(int epoch) {
        synchronized (fenceLock) {
            fencedBelow = Math.max(fencedBelow, epoch);
        }
    }

    /**
     * Appends to this log are taken even when the disk has no space left for segments, as those of {@link
     * AppendOrigin#COORDINATOR} always are: the journal has its space. For the logs that the platform itself needs to make
     * room, on followers too.
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
        open();
        synchronized (lock) {
            startAt(Math.min(leaderStart, highWatermark));
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
            throw new IllegalArgumentException("a log cannot start there: log=" + id + " start=" + start);
        }
        directory.restart(this, RestartPoint.of(start, votersThere));
    }

    /**
     * As a replica: gives up everything from the first damaged record on, so that it is fetched again; a no-op for a sound
     * log. Durable when it returns. Before, it must be durable elsewhere that this replica is not trusted: it lost what it
     * had said it holds, and neither votes nor counts until it has it again. Blocks.
     */
    public void discardDamage() throws IOException {
        open();
        long from = damagedFrom;
        if (from > logStartOffset) {
            truncateTo(from);
        } else if (from >= 0) {
            LogView now = view;
            VotersAt votersThere = now.votersAt(now.start().offset());
            restartAt(now.start(), votersThere == null ? List.of() : votersThere.ids());
        }
    }

    /** Where there is no journal: says durably what is about to happen. The caller holds commit and file lock. */
    void announceRestart(RestartPoint point) throws IOException {
        synchronized (lock) {
            ensureDirectory();
        }
        WholeFile.replaceDurably(directory.files(), path.resolve(RestartPoint.FILE), point.encode());
        directory.syncNames();
    }

    /** The checkpoint knows of the new start: the announcement goes. */
    void forgetAnnouncedRestart() throws IOException {
        directory.files().delete(path.resolve(RestartPoint.FILE));
        directory.files().syncDirectory(path);
    }

    /**
     * Deletes all files, opened or not, and begins anew; durable when it returns. The caller holds commit and file lock, or
     * replays the journal.
     */
    void restart(RestartPoint point) throws IOException {
        EpochOffset start = point.start();
        synchronized (lock) {
            if (state == State.DELETED) {
                return;
            }
            tail.clear();
            dropPending();
            snapshot = null;
            snapshotDue = false;
            snapshotAt = -1;
            for (Segment segment : segments) {
                segment.markDeleted();
                directory.indexes().forget(segment);
                segment.file().close();
            }
            segments(new Segment[0]);
            ensureDirectory();
            cutter.removeAll();
            producers = new ProducerStates();
            transactions = new OpenTransactions();
            // An entry in front of the start says which epoch the record before it had.
            epochs = new LeaderEpochs(
                    start.epoch() < 0 || start.offset() == 0
                            ? List.of()
                            : List.of(new LeaderEpochs.Entry(start.epoch(), start.offset() - 1)));
            epochs.unsaved();
            voters = new VoterHistory(
                    point.voters().isEmpty() ? List.of() : List.of(new VotersAt(start.offset() - 1, point.voters())));
            voters.unsaved();
            logStartOffset = start.offset();
            durableStart = start.offset();
            logEndOffset = start.offset();
            highWatermark = start.offset();
            recoveryPoint = start.offset();
            leaderEpoch = epochs.latest();
            firstUnstableOffset = Long.MAX_VALUE;
            damage = null;
            damagedFrom = -1;
            roll(start.offset());
            noteSize();
            noteView();
            changedSinceOpen = true;
            state = State.OPEN;
            known = true;
        }
        forceAll();
    }

    private void dropPending() {
        for (PendingRun run : pending) {
            run.chunk().release();
        }
        pending.clear();
    }

    // ---- append: the writer's

    /** Puts {@code append} behind those of the same group; true if it is the first. */
    boolean join(Append append) {
        append.nextOfLog = null;
        Append last = groupLast;
        groupLast = append;
        if (last == null) {
            groupFirst = append;
            return true;
        }
        last.nextOfLog = append;
        return false;
    }

    /** Assigns offsets and copies the batches of the group into staging chunks; returns the number of journal entries. */
    int stage(Staging staging, long nowMillis) {
        try {
            open();
        } catch (IOException failure) {
            failGroup(ErrorCode.KAFKA_STORAGE_ERROR, "log cannot be opened: log=" + id + ": " + failure);
            return 0;
        }
        synchronized (lock) {
            staged.begin(logEndOffset, leaderEpoch);
            synchronized (fenceLock) {
                for (Append append = groupFirst; append != null; append = append.nextOfLog) {
                    try {
                        stageOne(append, staging, nowMillis);
                    } catch (ThalwegException refused) {
                        append.failed(refused);
                    }
                }
            }
            for (Staged.Run run : staged.runs) {
                JournalFormat.writeEntryHeader(
                        run.chunk.memory(), run.entryAt, id, EntryKind.APPEND, run.after, run.end - run.at);
            }
            return staged.runs.size();
        }
    }

    private void stageOne(Append append, Staging staging, long nowMillis) {
        checkWritable(append);
        boolean replica = append.origin == AppendOrigin.REPLICA;
        ByteBuffer batch = append.batches.bytes();
        int bytes = append.batches.sizeInBytes();
        boolean hasProducer = append.batches.hasProducerId();
        TransactionMarker marker = null;
        if (append.batches.isControl()) {
            // What is not readable is refused here; once it is in the journal it is too late.
            marker = TransactionMarker.read(batch, 0);
            ControlRecords.readVoters(batch, 0);
        }
        if (hasProducer && !replica) {
            if (append.origin == AppendOrigin.CLIENT) {
                ProducerEntry.Batch duplicate = producers.duplicate(batch, 0);
                if (duplicate != null) {
                    append.duplicateOf(
                            duplicate.firstOffset(),
                            duplicate.lastOffset(),
                            append.batches.logAppendTime() ? duplicate.timestamp() : -1);
                    return;
                }
            }
            producers.check(batch, 0, append.origin == AppendOrigin.CLIENT, marker);
        }
        long base = replica ? append.batches.baseOffset() : staged.nextOffset;
        Staged.Run run = staged.isEmpty() ? null : staged.runs.get(staged.runs.size() - 1);
        int at;
        if (run != null && run.chunk == staging.current() && staging.fits(bytes)) {
            at = staging.reserve(bytes);
        } else {
            int entryAt = staging.reserve(JournalFormat.ENTRY_HEADER_BYTES + bytes);
            at = entryAt + JournalFormat.ENTRY_HEADER_BYTES;
            run = new Staged.Run(staging.current(), entryAt, at, Math.min(staged.nextOffset, base));
            staged.runs.add(run);
        }
        ByteBuffer memory = run.chunk.memory();
        append.batches.copyTo(memory, at, base, append.leaderEpoch, nowMillis);
        if (hasProducer && !isEmptied(memory, at, marker)) {
            staged.before(append.batches.producerId(), producers.update(memory, at, marker));
        }
        long next = base + append.batches.lastOffsetDelta() + 1;
        run.end = at + bytes;
        run.nextOffset = next;
        staged.nextOffset = next;
        staged.leaderEpoch = append.leaderEpoch;
        append.staged(base, next - 1, append.batches.logAppendTime() ? nowMillis : -1);
    }

    /** Whether compaction took a marker out of the batch: there is no transaction left that it could end. */
    private static boolean isEmptied(ByteBuffer memory, int at, @Nullable TransactionMarker marker) {
        return marker == null && BatchHeader.isControl(memory, at);
    }

    private void checkWritable(Append append) {
        checkNotDeleted();
        String damaged = damage;
        if (damaged != null) {
            throw new ThalwegException(
                    ErrorCode.KAFKA_STORAGE_ERROR,
                    "append rejected: the log is damaged and read-only: log=" + id + " " + damaged);
        }
        boolean replica = append.origin == AppendOrigin.REPLICA;
        if (replica) {
            checkFollows(append);
        }
        int current = replica ? staged.leaderEpoch : Math.max(staged.leaderEpoch, fencedBelow);
        if (append.leaderEpoch < current) {
            throw new ThalwegException(
                    ErrorCode.NOT_LEADER_OR_FOLLOWER,
                    "append rejected: log=" + id + " epoch=" + append.leaderEpoch + " currentEpoch=" + current
                            + "; refresh metadata and retry");
        }
        // The leader took what is replicated, and the batches of replication itself are small.
        if (!replica && !append.batches.isControl() && append.batches.sizeInBytes() > config.segmentBytes()) {
            throw new ThalwegException(
                    ErrorCode.RECORD_LIST_TOO_LARGE,
                    "append rejected: log=" + id + " bytes=" + append.batches.sizeInBytes() + " segmentBytes="
                            + config.segmentBytes());
        }
    }

    private void checkFollows(Append fetched) {
        EpochOffset end = new EpochOffset(staged.leaderEpoch, staged.nextOffset);
        EpochOffset after = fetched.after;
        boolean broken = fetched.previous != null && fetched.previous.failure() != null;
        // Only a log that has just begun anew may begin within a batch.
        broken |= fetched.batches.baseOffset() < end.offset() && (end.offset() != logStartOffset || sizeBytes != 0);
        if (broken || after == null || !end.isAt(after)) {
            throw new ThalwegException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "fetched batch does not follow: log=" + id + " baseOffset=" + fetched.batches.baseOffset()
                            + " after=" + after + " end=" + end + "; fetch from there");
        }
    }

    /** Whether the group has something to write for this log. */
    boolean hasStaged() {
        return !staged.isEmpty();
    }

    /** Refuses what is not refused already and takes the staging back. */
    void failGroup(ErrorCode error, String message) {
        synchronized (lock) {
            staged.restore(producers);
            for (Append append = groupFirst; append != null; append = append.nextOfLog) {
                // A duplicate of what the log holds stays a success; one of what comes to nothing does not.
                boolean standing = append.failure() != null
                        || (append.duplicate() && append.done() && append.lastOffset() < logEndOffset);
                if (!standing) {
                    append.failed(error, message);
                }
            }
            endGroup();
        }
    }

    private void endGroup() {
        staged.clear();
        groupFirst = null;
        groupLast = null;
    }

    /** Ends a group in which this log has nothing to write. */
    void endEmptyGroup() {
        endGroup();
    }

    /**
     * Writes the staged batches into segments and publishes them.
     *
     * @param journaled they are durable: they are published even if a segment cannot take them yet
     * @throws IOException if a segment could not be written. If journaled, the batches are in the log all the same and
     *     wait in memory; else they are refused and the log is as before
     */
    void commit(boolean journaled) throws IOException {
        IOException failure = null;
        synchronized (lock) {
            try {
                if (!pending.isEmpty()) {
                    drain();
                }
                ensureDirectory();
                for (Staged.Run run : staged.runs) {
                    writeRun(run.chunk.memory(), run.at, run.end, run.after);
                }
            } catch (IOException first) {
                failure = first;
                if (!journaled) {
                    cutBack(first);
                } else {
                    for (Staged.Run run : staged.runs) {
                        run.chunk.retain();
                        pending.add(new PendingRun(run.chunk, run.at, run.end, run.after));
                    }
                }
            }
            if (failure == null || journaled) {
                publish();
            }
        }
        if (failure != null && !journaled) {
            failGroup(ErrorCode.KAFKA_STORAGE_ERROR, "segment cannot be written: log=" + id + ": " + failure);
            throw failure;
        }
        for (Append append = groupFirst; append != null; append = append.nextOfLog) {
            append.succeeded();
        }
        endGroup();
        if (failure != null) {
            throw failure;
        }
    }

    private void publish() {
        for (Staged.Run run : staged.runs) {
            onAppended(run.chunk.memory(), run.at, run.end);
            tail.add(run.chunk, run.at, run.end - run.at, run.after, run.nextOffset);
        }
        changedSinceOpen = true;
        noteSize();
        leaderEpoch = epochs.latest();
        firstUnstableOffset = transactions.firstUnstableOffset();
        logEndOffset = staged.nextOffset;
        noteView();
        if (snapshotDue && pending.isEmpty()) {
            snapshotDue = false;
            encodeSnapshot();
        }
    }

    /** The producers of the staged group are known by now, which is right: the snapshot is for its end. */
    private void encodeSnapshot() {
        snapshot = ProducerSnapshotCodec.encode(producers);
        snapshotAt = logEndOffset;
    }

    /** Epochs, transactions and voters of batches that are now in the log. */
    private void onAppended(ByteBuffer memory, int from, int to) {
        for (int at = from; at < to; at += BatchHeader.sizeInBytes(memory, at)) {
            epochs.onBatch(BatchHeader.leaderEpoch(memory, at), BatchHeader.baseOffset(memory, at));
            if (BatchHeader.isControl(memory, at)) {
                onControl(memory, at);
            } else if (BatchHeader.isTransactional(memory, at)) {
                transactions.onBatch(memory, at, null);
            }
        }
    }

    private void onControl(ByteBuffer memory, int at) {
        TransactionMarker marker = TransactionMarker.read(memory, at);
        if (marker != null) {
            AbortedTxn aborted = transactions.onBatch(memory, at, marker);
            if (aborted != null && segments.length > 0) {
                segments[segments.length - 1].addAborted(aborted);
            }
            return;
        }
        SortedSet<Integer> ids = ControlRecords.readVoters(memory, at);
        if (ids != null) {
            voters.onVoters(BatchHeader.baseOffset(memory, at), ids);
        }
    }

    private void ensureDirectory() throws IOException {
        if (exists) {
            return;
        }
        FileSystem files = directory.files();
        files.createDirectories(path);
        try (FileHandle metadata = files.openForWrite(path.resolve(METADATA_FILE))) {
            metadata.write(
                    ByteBuffer.wrap(("version: 0\ntopic_id: " + id.topicId() + "\n").getBytes(StandardCharsets.UTF_8)),
                    0);
        }
        exists = true;
        directoryChanged = true;
        nameUnsynced = true;
        directory.created(id);
    }

    /**
     * Writes the batches in {@code [from, to)} that no segment has yet, beginning new segments where one is full.
     *
     * @param after where the log ended before them; a segment begins where the log ended, even if its first batch does not:
     *     an empty one must not claim that the log goes further
     */
    private void writeRun(ByteBuffer memory, int from, int to, long after) throws IOException {
        LogConfig now = config;
        int begin = from;
        int bytes = 0;
        long end = after;
        for (int at = from; at < to; ) {
            int size = BatchHeader.sizeInBytes(memory, at);
            long endBefore = end;
            end = BatchHeader.lastOffset(memory, at) + 1;
            if (segments.length > 0 && end <= active().nextOffset()) {
                at += size;
                begin = at;
                continue;
            }
            long base = BatchHeader.baseOffset(memory, at);
            if (segments.length == 1 && active().sizeBytes() == 0 && bytes == 0 && base < active().baseOffset()) {
                dropEmpty();
            }
            if (segments.length == 0
                    || active().isFullFor(
                                    bytes + size,
                                    BatchHeader.lastOffset(memory, at),
                                    BatchHeader.maxTimestamp(memory, at),
                                    now.segmentBytes(),
                                    now.indexBytesMax(),
                                    now.rollMillis() - segmentJitterMillis)
                    || (active().sizeBytes() == 0 && bytes > 0 && bytes > now.segmentBytes() - size)) {
                if (begin < at) {
                    active().append(memory, begin, at, now.indexIntervalBytes());
                }
                begin = at;
                bytes = 0;
                roll(Math.min(endBefore, base));
            }
            bytes += size;
            at += size;
        }
        if (begin < to) {
            active().append(memory, begin, to, now.indexIntervalBytes());
        }
    }

    /** The only segment is empty and begins within the first batch: one that begins with the batch takes its place. */
    private void dropEmpty() throws IOException {
        Segment empty = active();
        segments(new Segment[0]);
        cutter.remove(empty);
        // Else both may be there after a power cut, one over the other.
        directory.files().syncDirectory(path);
    }

    private Segment active() {
        return segments[segments.length - 1];
    }

    private void roll(long baseOffset) throws IOException {
        Path file = SegmentFiles.path(path, baseOffset, SegmentFiles.LOG);
        Segment next = Segment.empty(baseOffset, directory.openFiles().file(file, true), directory.nowMillis());
        // Created now, so that a full disk shows before the log has changed.
        next.file().acquire();
        next.file().release();
        Segment[] now = segments;
        if (now.length > 0) {
            now[now.length - 1].completeIndex();
            snapshotDue = true;
        }
        Segment[] more = Arrays.copyOf(now, now.length + 1);
        more[now.length] = next;
        segments(more);
        directoryChanged = true;
        long jitter = config.segmentJitterMillis();
        segmentJitterMillis = jitter == 0 ? 0 : directory.random(Math.min(jitter, config.rollMillis()));
    }

    /** Takes out of the files what a failed write left of the staged group. */
    private void cutBack(IOException cause) {
        try {
            cutFiles(logEndOffset);
        } catch (IOException second) {
            cause.addSuppressed(second);
            directory.offline("segments cannot be cut back: log=" + id, second);
        }
    }

    /** Whether batches wait in memory for space on the disk. */
    boolean stalled() {
        synchronized (lock) {
            return !pending.isEmpty();
        }
    }

    /** Writes what waits for space; the caller holds the commit lock. */
    void drain() throws IOException {
        synchronized (lock) {
            ensureDirectory();
            PendingRun run = pending.peek();
            while (run != null) {
                writeRun(run.chunk().memory(), run.at(), run.end(), run.after());
                pending.remove();
                run.chunk().release();
                run = pending.peek();
            }
            noteSize();
        }
    }

    // ---- replay

    /**
     * Applies batches of the journal: those that are missing are appended.
     *
     * @param after where the log ended before them
     */
    void replay(long after, ByteBuffer batches) throws IOException {
        open();
        synchronized (lock) {
            if (after > Math.max(logEndOffset, logStartOffset)) {
                damage("missing from offset " + logEndOffset + " to " + after, logEndOffset);
            }
            for (int at = 0; at < batches.limit(); ) {
                int size = BatchHeader.sizeInBytes(batches, at);
                if (BatchHeader.lastOffset(batches, at) >= logEndOffset) {
                    replayBatch(batches, at, size);
                }
                at += size;
            }
            noteSize();
            noteView();
        }
    }

    private void replayBatch(ByteBuffer batches, int at, int size) throws IOException {
        ensureDirectory();
        writeRun(batches, at, at + size, logEndOffset);
        if (BatchHeader.producerId(batches, at) > BatchHeader.NO_PRODUCER_ID) {
            TransactionMarker marker = BatchHeader.isControl(batches, at) ? TransactionMarker.read(batches, at) : null;
            if (!isEmptied(batches, at, marker)) {
                producers.update(batches, at, marker);
            }
        }
        onAppended(batches, at, at + size);
        changedSinceOpen = true;
        logEndOffset = BatchHeader.lastOffset(batches, at) + 1;
        leaderEpoch = epochs.latest();
        firstUnstableOffset = transactions.firstUnstableOffset();
    }

    /** The journal is through: what is still missing is told. */
    void endReplay() {
        checkLength();
    }

    /** Reads the log again from disk. */
    private void reload(long readFrom) throws IOException {
        for (Segment segment : segments) {
            directory.indexes().forget(segment);
            segment.file().close();
        }
        producers = new ProducerStates();
        transactions = new OpenTransactions();
        LoadedLog loaded = new LogLoader(
                        directory.files(),
                        directory.openFiles(),
                        directory.indexes(),
                        path,
                        directory.nowMillis(),
                        config.indexIntervalBytes(),
                        -1)
                .load(readFrom, logStartOffset, false);
        adopt(loaded);
        for (Segment segment : segments) {
            segment.markDirty();
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
        if (!known) {
            return null;
        }
        long limit = limit(offset, upTo);
        if (offset >= limit) {
            return new LogRead(RecordSlices.EMPTY, offset);
        }
        return tail.read(offset, maxBytes, limit, minOneBatch);
    }

    private long limit(long offset, long upTo) {
        long end = logEndOffset;
        checkNotDeleted();
        if (offset < logStartOffset || offset > end) {
            throw new ThalwegException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "offset is not in the log: log=" + id + " offset=" + offset + " logStartOffset=" + logStartOffset
                            + " logEndOffset=" + end);
        }
        return Math.min(upTo, end);
    }

    /**
     * Reads from memory or locates a region of a file; may block. Offsets that do not exist are stepped over.
     *
     * @throws ThalwegException OFFSET_OUT_OF_RANGE; KAFKA_STORAGE_ERROR if the bytes there are no batches
     */
    public LogRead read(long offset, int maxBytes, long upTo, boolean minOneBatch) throws IOException {
        open();
        LogRead inMemory = readTail(offset, maxBytes, upTo, minOneBatch);
        if (inMemory != null) {
            return inMemory;
        }
        return retrying(() -> reader.read(segments, offset, maxBytes, limit(offset, upTo), minOneBatch));
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** A segment may be deleted or replaced while it is being opened: then the segments are looked up again. */
    private <T> T retrying(Reading<T> reading) throws IOException {
        NoSuchFileException last = null;
        for (int attempt = 0; attempt < 3; attempt++) {
            try {
                return reading.read();
            } catch (NoSuchFileException replaced) {
                last = replaced;
            } catch (io.thalweg.log.segment.SegmentReader.WrongIndexException damaged) {
                throw new ThalwegException(
                        ErrorCode.KAFKA_STORAGE_ERROR,
                        "log is damaged: log=" + id + ": " + damaged.getMessage(),
                        damaged);
            }
        }
        throw last == null ? new IOException("segment cannot be opened: log=" + id) : last;
    }

    /** The first record whose timestamp is at least {@code timestamp}; {@link TimestampOffset#NONE} if none is. Blocks. */
    public TimestampOffset offsetForTimestamp(long timestamp) throws IOException {
        open();
        return retrying(() -> reader.offsetForTimestamp(segments, timestamp, logStartOffset, logEndOffset));
    }

    /** The log start offset. */
    public TimestampOffset earliest() throws IOException {
        open();
        return new TimestampOffset(-1, logStartOffset, epochs.epochOf(logStartOffset));
    }

    /** The log end offset. */
    public TimestampOffset latest() {
        ensureKnown();
        return new TimestampOffset(-1, logEndOffset, leaderEpoch);
    }

    /** The first record with the largest timestamp; {@link TimestampOffset#NONE} if there is none. Blocks. */
    public TimestampOffset maxTimestamp() throws IOException {
        open();
        return retrying(() -> reader.maxTimestamp(segments, logStartOffset, logEndOffset));
    }

    /** Where {@code epoch} ended, or the largest one before it (KIP-101). */
    public EpochEnd endOfEpoch(int epoch) {
        ensureOpen();
        return epochs.endOf(epoch, logStartOffset, logEndOffset);
    }

    /** The aborted transactions with records or markers in {@code [from, upTo)}, by first offset. Blocks. */
    public List<AbortedTxn> abortedTransactions(long from, long upTo) throws IOException {
        open();
        return abortedIn(segments, from, upTo);
    }

    /** As {@link #abortedTransactions}, but never blocks: null while the log is not open. */
    public @Nullable List<AbortedTxn> abortedTransactionsIfOpen(long from, long upTo) {
        return state == State.OPEN ? abortedIn(segments, from, upTo) : null;
    }

    /** From the end back, because those who read the tail need nothing of the segments before it. */
    private static List<AbortedTxn> abortedIn(Segment[] all, long from, long upTo) {
        List<AbortedTxn> found = List.of();
        for (int i = all.length - 1; i >= 0 && all[i].nextOffset() > from; i--) {
            for (AbortedTxn txn : all[i].aborted()) {
                if (txn.lastOffset() >= from && txn.firstOffset() < upTo) {
                    if (found.isEmpty()) {
                        found = new ArrayList<>();
                    }
                    found.add(txn);
                }
            }
        }
        if (found.size() > 1) {
            found.sort(Comparator.comparingLong(AbortedTxn::firstOffset));
        }
        return found;
    }

    /** What is known of a producer; null for nothing. */
    public @Nullable ProducerEntry producer(long producerId) throws IOException {
        open();
        synchronized (lock) {
            return producers.entry(producerId);
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
        open();
        directory.journaled(this, EntryKind.START, offset, () -> {
            if (offset > highWatermark) {
                throw new ThalwegException(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "records cannot be deleted: log=" + id + " beforeOffset=" + offset + " highWatermark="
                                + highWatermark);
            }
            return offset > logStartOffset;
        });
        startAt(offset);
    }

    /** Moves the log start offset up. */
    void startAt(long offset) {
        synchronized (lock) {
            long next = Math.min(offset, logEndOffset);
            if (next > logStartOffset) {
                logStartOffset = next;
                highWatermark = Math.max(highWatermark, next);
                changedSinceOpen = true;
                noteView();
            }
        }
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
        open();
        directory.truncate(this, offset);
    }

    void checkTruncation(long offset) {
        if (offset < logStartOffset || offset > logEndOffset) {
            throw new ThalwegException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "log cannot be truncated: log=" + id + " offset=" + offset + " logStartOffset=" + logStartOffset
                            + " logEndOffset=" + logEndOffset);
        }
    }

    boolean needsTruncation(long offset) {
        return offset < logEndOffset || damage != null;
    }

    /** So that no checkpoint claims more than what is left. */
    void expectTruncation(long offset) throws IOException {
        // What compaction left out before the offset is not there to be recovered.
        long left =
                Math.min(offset, cutter.place(segments, offset, damage == null).nextOffset());
        recoveryPoint = Math.min(recoveryPoint, left);
        highWatermark = Math.max(logStartOffset, Math.min(highWatermark, left));
    }

    /** Cuts the files and reads them again; durable when it returns. The caller holds commit and file lock. */
    void cut(long offset) throws IOException {
        synchronized (lock) {
            recoveryPoint = Math.min(recoveryPoint, offset);
            highWatermark = Math.min(highWatermark, offset);
            tail.clear();
            dropPending();
            snapshot = null;
            if (!exists) {
                return;
            }
            cutFiles(offset);
            caches.removeSnapshotsBeyond(offset);
            logEndOffset = offset;
            damage = null;
            damagedFrom = -1;
            reload(recoveryPoint);
            leaderEpoch = epochs.latest();
            changedSinceOpen = true;
            if (logEndOffset < recoveryPoint) {
                recoveryPoint = logEndOffset;
            }
            checkLength();
        }
        forceAll();
    }

    private void cutFiles(long offset) throws IOException {
        Segment[] now = segments;
        Segment[] left = cutter.cut(now, offset, damage == null, config.indexIntervalBytes());
        if (left != now) {
            segments(left);
        }
        directoryChanged = true;
    }

    // ---- flush

    /**
     * Makes everything in segments durable and moves the recovery point up; writes the indexes of closed segments and
     * the producer snapshot that is due. Blocks.
     */
    void flush() throws IOException {
        fileLock.lock();
        try {
            long ordinal = directory.journalOrdinal();
            forceAll();
            if (!stalled()) {
                flushedOrdinal = ordinal;
            }
        } finally {
            fileLock.unlock();
        }
    }

    private void forceAll() throws IOException {
        Segment[] now;
        long target;
        boolean filesChanged;
        boolean nameChanged;
        ByteBuffer encoded;
        long encodedAt;
        List<Segment> dirty = new ArrayList<>();
        synchronized (lock) {
            if (state != State.OPEN || !exists) {
                return;
            }
            now = segments;
            target = pending.isEmpty() ? logEndOffset : active().nextOffset();
            for (Segment segment : now) {
                if (segment.dirty()) {
                    segment.clean();
                    dirty.add(segment);
                }
            }
            filesChanged = directoryChanged;
            nameChanged = nameUnsynced;
            directoryChanged = false;
            nameUnsynced = false;
            encoded = snapshot;
            encodedAt = snapshotAt;
            snapshot = null;
        }
        force(dirty);
        filesChanged |= saveHistory(filesChanged, nameChanged);
        try {
            if (filesChanged) {
                directory.files().syncDirectory(path);
            }
            if (nameChanged) {
                directory.syncNames();
            }
        } catch (IOException failure) {
            throw flushFailed(dirty, failure);
        }
        if (target > recoveryPoint) {
            recoveryPoint = target;
        }
        caches.save(now, encoded, encodedAt);
    }

    private void force(List<Segment> dirty) throws IOException {
        try {
            for (Segment segment : dirty) {
                FileHandle handle = segment.file().acquire();
                try {
                    handle.force(false);
                } finally {
                    segment.file().release();
                }
            }
        } catch (IOException failure) {
            throw flushFailed(dirty, failure);
        }
    }

    /** What this flush lost, a later success would not bring back. */
    private IOException flushFailed(List<Segment> dirty, IOException failure) {
        dirty.forEach(Segment::markDirty);
        if (state != State.DELETED) {
            directory.offline("segments cannot be flushed: log=" + id, failure);
        }
        return failure;
    }

    /** Saves what was read from the batches up to here; whether there was something: the directory must be synced then. */
    private boolean saveHistory(boolean filesChanged, boolean nameChanged) throws IOException {
        boolean epochsChanged = epochs.changed();
        boolean votersChanged = voters.changed();
        if (!epochsChanged && !votersChanged) {
            return false;
        }
        epochs.saved();
        voters.saved();
        try {
            if (votersChanged) {
                WholeFile.replace(
                        directory.files(),
                        path.resolve(VotersCheckpoint.FILE),
                        new VotersCheckpoint(voters.entries()).encode());
            }
            if (epochsChanged) {
                WholeFile.replace(directory.files(), path.resolve(LeaderEpochs.FILE), epochs.encode());
            }
            return true;
        } catch (IOException failure) {
            epochs.unsaved();
            voters.unsaved();
            synchronized (lock) {
                directoryChanged |= filesChanged;
                nameUnsynced |= nameChanged;
            }
            throw failure;
        }
    }

    /** Flushes and writes the caches that save reading, so that the next start reads almost nothing. Blocks. */
    void closeCleanly() throws IOException {
        if (state != State.OPEN) {
            return;
        }
        fileLock.lock();
        try {
            boolean changed;
            synchronized (lock) {
                changed = changedSinceOpen && !quicklyReread();
                if (changed && pending.isEmpty()) {
                    encodeSnapshot();
                }
            }
            flush();
            Segment[] now = segments;
            if (changed && now.length > 0) {
                Segment last = now[now.length - 1];
                last.completeIndex();
                SegmentIndex index = last.index();
                if (index != null) {
                    directory.indexes().save(last, index);
                }
            }
        } finally {
            fileLock.unlock();
        }
    }

    /** Whether what the caches would hold stands in a few bytes of the last segment, as in most of ten thousand logs. */
    private boolean quicklyReread() {
        return segments.length > 0
                && active().sizeBytes() <= REREAD_BYTES_MAX
                && (active().baseOffset() == 0 || snapshotAt >= active().baseOffset());
    }

    // ---- maintenance

    /** Closes the last segment if it is old; flushes closed segments where no journal does. */
    void maintain(long nowMillis, boolean flushClosed) throws IOException {
        if (state != State.OPEN) {
            return;
        }
        fileLock.lock();
        try {
            rollIfOlderThan(nowMillis - config.rollMillis() + segmentJitterMillis);
            boolean unsaved;
            synchronized (lock) {
                unsaved = snapshot != null;
                Segment[] now = segments;
                for (int i = 0; flushClosed && i < now.length - 1; i++) {
                    unsaved |= now[i].dirty() || now[i].index() != null;
                }
            }
            if (unsaved) {
                flush();
            }
        } finally {
            fileLock.unlock();
        }
    }

    private void rollIfOlderThan(long millis) throws IOException {
        synchronized (lock) {
            Segment[] now = segments;
            if (now.length > 0
                    && pending.isEmpty()
                    && active().sizeBytes() > 0
                    && active().createdMillis() > 0
                    && active().createdMillis() < millis) {
                roll(logEndOffset);
            }
        }
    }

    /** Forgets silent producers. */
    void expireProducers(long before) {
        synchronized (lock) {
            if (state == State.OPEN && staged.isEmpty()) {
                producers.expire(before);
            }
        }
    }

    /**
     * Moves the log start offset past what is too old or too much; {@link #deleteBeforeStart} deletes it once the
     * checkpoint tells of the new start. Blocks.
     *
     * @return whether there is something to delete
     */
    boolean applyRetention(long nowMillis) throws IOException {
        open();
        if (segments.length == 0 || damage != null) {
            return false;
        }
        fileLock.lock();
        try {
            Retention retention = new Retention(config, directory.indexes(), nowMillis, highWatermark);
            if (retention.isTooOld(active()) && active().nextOffset() <= highWatermark) {
                rollIfOlderThan(Long.MAX_VALUE);
            }
            Segment[] all = segments;
            int expired = retention.expired(all, sizeBytes);
            if (expired > 0) {
                startAt(all[expired].baseOffset());
            }
            return Retention.beforeStart(all, logStartOffset) > 0;
        } finally {
            fileLock.unlock();
        }
    }

    /**
     * The checkpoint says durably that the log starts at {@code offset}: only now is forgotten what does not hold there
     * any more.
     */
    void startIsDurable(long offset) {
        if (offset <= durableStart) {
            return;
        }
        synchronized (lock) {
            durableStart = offset;
            epochs.truncateStart(offset);
            voters.truncateStart(offset);
            noteView();
        }
    }

    /** Deletes the segments before the durable log start offset. Blocks. */
    void deleteBeforeStart() throws IOException {
        if (state != State.OPEN) {
            return;
        }
        fileLock.lock();
        try {
            int count = Retention.beforeStart(segments, durableStart);
            if (count > 0) {
                // The segment that becomes the first one, and its name, must outlive the others.
                flush();
                deleteOldest(count);
            }
        } finally {
            fileLock.unlock();
        }
    }

    private void deleteOldest(int count) throws IOException {
        Segment[] old;
        synchronized (lock) {
            old = segments;
            segments(Arrays.copyOfRange(old, count, old.length));
            noteSize();
        }
        for (int i = 0; i < count; i++) {
            hide(old[i]);
        }
    }

    /** Takes a segment's files away; those who are reading it go on until they are done. */
    private void hide(Segment segment) throws IOException {
        segment.markDeleted();
        directory.indexes().forget(segment);
        // A number, because a compacted segment has the name of the one before it.
        Path hidden = segment.file()
                .path()
                .resolveSibling(SegmentFiles.name(segment.baseOffset(), SegmentFiles.LOG) + "." + hiddenSegments++
                        + SegmentFiles.DELETED);
        segment.file().rename(hidden);
        for (String suffix : List.of(SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TXN_INDEX)) {
            directory.files().delete(SegmentFiles.path(path, segment.baseOffset(), suffix));
        }
        directory.removeLater(hidden, config.fileDeleteDelayMillis(), segment.file());
    }

    // ---- compaction: for LogCompactor

    /** The segments that grow no more, oldest first; none while the log is in a state in which none may be replaced. */
    List<Segment> closedSegments() {
        synchronized (lock) {
            Segment[] now = segments;
            if (state != State.OPEN || damage != null || !pending.isEmpty() || now.length < 2) {
                return List.of();
            }
            return List.of(Arrays.copyOf(now, now.length - 1));
        }
    }

    /**
     * Verifies the checksums of a closed segment from a batch's position on, and says so as recovery does if a batch is
     * not sound. Blocks; nothing of this log is flushed, cut or deleted meanwhile.
     *
     * @param bytesMax stop after so many
     * @return where to go on; -1 if the segment is through, damaged or gone
     */
    int scrub(Segment segment, int position, int bytesMax) throws IOException {
        fileLock.lock();
        try {
            if (!closedSegments().contains(segment)) {
                return -1;
            }
            FileHandle handle = segment.file().acquire();
            try {
                int end = segment.sizeBytes();
                long[] next = {segment.baseOffset()};
                boolean[] stopped = {false};
                int reached = new BatchScanner(handle, end)
                        .scan(position, segment.baseOffset(), Long.MIN_VALUE, (buffer, at, size, found) -> {
                            stopped[0] = found - position >= bytesMax;
                            next[0] = stopped[0] ? next[0] : BatchHeader.lastOffset(buffer, at) + 1;
                            return !stopped[0];
                        });
                if (!stopped[0] && reached < end) {
                    synchronized (lock) {
                        damage(
                                "unreadable after offset " + (next[0] - 1) + " of a closed segment: file="
                                        + segment.file().path() + " position=" + reached,
                                Math.max(next[0], logStartOffset));
                    }
                }
                return stopped[0] ? reached : -1;
            } finally {
                segment.file().release();
            }
        } finally {
            fileLock.unlock();
        }
    }

    /** Where leader epochs begin. */
    Set<Long> epochStarts() {
        return view.epochs().stream().map(LeaderEpochs.Entry::startOffset).collect(Collectors.toSet());
    }

    /** What each producer wrote last. */
    Map<Long, LastOfProducer> lastOfProducers() {
        synchronized (lock) {
            Map<Long, LastOfProducer> last = new HashMap<>();
            for (ProducerEntry entry : producers.entries()) {
                int count = entry.batches().size();
                last.put(
                        entry.producerId(),
                        new LastOfProducer(
                                count == 0 ? -1 : entry.batches().get(count - 1).lastOffset(), entry.producerEpoch()));
            }
            return last;
        }
    }

    /**
     * Puts a compacted segment in the place of those that it was made of. A crash at any point leaves the old ones or
     * the new one: LogLoader completes what was begun. Blocks.
     *
     * @return false if they are no longer there, because the log was cut or shortened meanwhile; nothing changed then
     */
    boolean replace(List<Segment> old, CompactedSegment compacted) throws IOException {
        fileLock.lock();
        try {
            int at = Arrays.asList(segments).indexOf(old.get(0));
            boolean there = at >= 0 && at + old.size() < segments.length && state == State.OPEN;
            for (int i = 0; there && i < old.size(); i++) {
                there = segments[at + i] == old.get(i);
            }
            if (!there) {
                return false;
            }
            Path swap = SegmentFiles.path(path, compacted.baseOffset(), SegmentFiles.LOG + SegmentFiles.SWAP);
            directory.files().rename(compacted.file(), swap);
            directory.files().syncDirectory(path);
            try {
                swapIn(at, old, compacted, swap);
            } catch (IOException failure) {
                directory.offline("compacted segment cannot be put in place: log=" + id, failure);
                throw failure;
            }
            return true;
        } finally {
            fileLock.unlock();
        }
    }

    private void swapIn(int at, List<Segment> old, CompactedSegment compacted, Path swap) throws IOException {
        for (Segment segment : old) {
            hide(segment);
        }
        // None of them may come back once the name that says what it replaces is gone.
        directory.files().syncDirectory(path);
        Path file = SegmentFiles.path(path, compacted.baseOffset(), SegmentFiles.LOG);
        directory.files().rename(swap, file);
        directory.files().syncDirectory(path);
        Segment fresh = Segment.closed(
                compacted.baseOffset(),
                directory.openFiles().file(file, true),
                compacted.sizeInBytes(),
                old.get(old.size() - 1).nextOffset());
        fresh.aborted(compacted.aborted());
        caches.saveAborted(fresh);
        synchronized (lock) {
            List<Segment> all = new ArrayList<>(Arrays.asList(segments));
            all.subList(at, at + old.size()).clear();
            all.add(at, fresh);
            segments(all.toArray(new Segment[0]));
            noteSize();
            changedSinceOpen = true;
        }
    }

    /** The directory was renamed and goes: nothing more is read or written. */
    void markDeleted() throws IOException {
        synchronized (lock) {
            state = State.DELETED;
            known = true;
            tail.clear();
            dropPending();
            for (Segment segment : segments) {
                segment.markDeleted();
                directory.indexes().forget(segment);
                segment.file().close();
            }
            segments(new Segment[0]);
            sizeBytes = 0;
        }
    }

    /** Checks what must hold between two calls; throws IllegalStateException if something does not. */
    public void checkInvariants() {
        tail.checkInvariants();
        synchronized (lock) {
            if (state != State.OPEN) {
                return;
            }
            epochs.checkInvariants();
            voters.checkInvariants();
            check(view.end().offset() == logEndOffset, "the view ends at the log end offset");
            check(view.end().epoch() == leaderEpoch, "the view ends in the last epoch");
            check(view.start().offset() == logStartOffset, "the view starts at the log start offset");
            check(view.epochs() == epochs.entries(), "the view has the epochs");
            check(view.voters() == voters.entries(), "the view has the voters");
            if (staged.isEmpty()) {
                producers.checkInvariants(logEndOffset);
            }
            check(logStartOffset <= logEndOffset, "logStartOffset <= logEndOffset");
            check(highWatermark <= logEndOffset, "highWatermark <= logEndOffset");
            check(logStartOffset <= highWatermark, "logStartOffset <= highWatermark");
            check(damage != null || recoveryPoint <= logEndOffset, "recoveryPoint <= logEndOffset");
            long previous = -1;
            for (Segment segment : segments) {
                segment.checkInvariants();
                check(segment.baseOffset() >= previous, "segments do not overlap: base=" + segment.baseOffset());
                previous = segment.nextOffset();
            }
            check(sizeBytes == sumOfSizes(), "sizeBytes is the sum of the segments: sizeBytes=" + sizeBytes);
            check(previous <= logEndOffset, "segments end at the log end offset: nextOffset=" + previous);
        }
    }

    private long sumOfSizes() {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment.sizeBytes();
        }
        return bytes;
    }

    private void check(boolean holds, String invariant) {
        if (!holds) {
            throw new IllegalStateException(
                    "log=" + id + " violates " + invariant + ": logStartOffset=" + logStartOffset
                            + " recoveryPoint=" + recoveryPoint + " highWatermark=" + highWatermark + " logEndOffset="
                            + logEndOffset + " " + view);
        }
    }
}
