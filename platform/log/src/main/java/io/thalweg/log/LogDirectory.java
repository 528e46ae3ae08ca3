package io.thalweg.log;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.file.DiskFull;
import io.thalweg.log.file.OpenFiles;
import io.thalweg.log.file.PooledFile;
import io.thalweg.log.journal.EntryKind;
import io.thalweg.log.journal.Journal;
import io.thalweg.log.journal.JournalFile;
import io.thalweg.log.journal.JournalFormat;
import io.thalweg.log.journal.JournalReplay;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.recovery.RestartPoint;
import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.tail.Staging;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The logs of one directory: opened, appended to in groups, maintained and closed together. */
public final class LogDirectory implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogDirectory.class);
    private static final int CHUNK_BYTES_MIN = 64 << 10;
    private static final int CHUNK_BYTES_MAX = 1 << 20;
    private static final int GROUP_BYTES_MAX = 16 << 20;
    private static final long COMPACTION_BYTES_PER_SECOND = 32L << 20;
    private static final long INDEX_CACHE_BYTES = 32L << 20;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long DRAIN_RETRY_NANOS = 100 * NANOS_PER_MILLI;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Environment environment;
    private final LogDirectoryConfig config;
    private final Path root;
    private final DirectoryFiles directoryFiles;
    private final Uuid clusterId;
    private final AutoCloseable lease;
    private final OpenFiles openFiles;
    private final IndexCache indexes;
    private final LogCompactor compactor;
    private final LogScrubber scrubber;
    private final RetentionClock retentionClock;
    private final boolean trusted;

    /** What the last checkpoint said of logs that were not used since. */
    private final Map<LogId, DirectoryCheckpoint.Entry> checkpointed;

    private final Map<LogId, PartitionLog> logs = new ConcurrentHashMap<>();
    private final Set<LogId> stored = ConcurrentHashMap.newKeySet();

    /** Held by whoever writes the journal or assigns offsets: the writer, truncation, deletion. */
    private final ReentrantLock commitLock = new ReentrantLock();

    /** Held by whoever frees journal files or writes the checkpoint. Taken after the commit lock, before file locks. */
    private final ReentrantLock reclaimLock = new ReentrantLock();

    // Guarded by the commit lock.
    private final Staging staging;
    private final List<PartitionLog> touched = new ArrayList<>();
    private final Set<PartitionLog> stalled = new HashSet<>();
    private long drainNotBeforeNanos;

    /** Null in OS mode. */
    private @Nullable Journal journal;

    /** For each journal file, by ordinal, the logs with data in it. */
    private final Map<Long, List<PartitionLog>> logsOfFile = new ConcurrentHashMap<>();

    /** Set during start: what a log lacks may still come from the journal. */
    private @Nullable JournalReplay replaying;

    /** Counts the logs created; its monitor guards {@link #namesSynced}, up to where their names are durable. */
    private final AtomicLong namesChanged = new AtomicLong();

    private long namesSynced;

    private volatile @Nullable String offlineReason;
    private volatile Runnable maintenanceWanted = () -> {};

    // Guarded by the reclaim lock.
    private long checkpointAtNanos;
    private long retentionAtNanos;
    private boolean closed;

    private final DelayedRemovals removals;

    private LogDirectory(
            Environment environment,
            Path root,
            LogDirectoryConfig config,
            AutoCloseable lease,
            Uuid clusterId,
            @Nullable DirectoryCheckpoint checkpoint) {
        this.environment = environment;
        this.root = root;
        this.config = config;
        this.lease = lease;
        this.clusterId = clusterId;
        this.directoryFiles = new DirectoryFiles(environment.fileSystem(), root);
        this.removals = new DelayedRemovals(directoryFiles);
        this.openFiles = new OpenFiles(environment.fileSystem(), config.openFilesMax());
        this.indexes = new IndexCache(environment.fileSystem(), INDEX_CACHE_BYTES);
        this.staging = new Staging(
                (int) Math.max(CHUNK_BYTES_MIN, Math.min(CHUNK_BYTES_MAX, config.tailBytes() / 16)),
                config.tailBytes());
        this.trusted = checkpoint != null && checkpoint.clean();
        this.checkpointed = new ConcurrentHashMap<>(checkpoint == null ? Map.of() : checkpoint.logs());
        long now = environment.clock().monotonicNanos();
        this.checkpointAtNanos = now;
        this.retentionAtNanos = now;
        this.compactor = new LogCompactor(this, COMPACTION_BYTES_PER_SECOND, now);
        this.scrubber = new LogScrubber(this, config.upkeep(), now);
        this.retentionClock =
                new RetentionClock(environment.clock(), config.upkeep().clockStepHoldMillis());
        this.drainNotBeforeNanos = now;
    }

    /**
     * Locks the directory, creating it if it is absent, and replays its journal. Blocks.
     *
     * @throws IOException if it is locked, belongs to another cluster or node, or is of a newer format; nothing was
     *     written then
     */
    public static LogDirectory open(Environment environment, Path root, LogDirectoryConfig config) throws IOException {
        FileSystem files = environment.fileSystem();
        DirectoryFiles own = new DirectoryFiles(files, root);
        own.create();
        AutoCloseable lease = own.lock();
        try {
            DirectoryCheckpoint checkpoint = own.readCheckpoint();
            Uuid cluster = own.checkOwner(config, checkpoint, environment);
            own.writeOwner(cluster, config.nodeId(), environment);
            LogDirectory directory = new LogDirectory(environment, root, config, lease, cluster, checkpoint);
            directory.start(checkpoint);
            return directory;
        } catch (IOException | RuntimeException failure) {
            closeQuietly(lease);
            throw failure;
        }
    }

    private static void closeQuietly(AutoCloseable lease) {
        try {
            lease.close();
        } catch (Exception second) {
            LOGGER.atWarn().addKeyValue("error", second.toString()).log("lock not released");
        }
    }

    private void start(@Nullable DirectoryCheckpoint checkpoint) throws IOException {
        stored.addAll(directoryFiles.stored());
        directoryFiles.removeHidden();
        compactor.load();
        FileSystem files = environment.fileSystem();
        files.createDirectories(directoryFiles.journal());
        List<Path> journalFiles;
        long nextSequence;
        List<PartitionLog> restarted;
        try (JournalReplay replay = JournalReplay.open(
                files, directoryFiles.journal(), checkpoint == null ? 1 : checkpoint.journalFloor(), !trusted)) {
            if (!trusted) {
                replaying = replay;
                replay(replay);
                replaying = null;
            }
            restarted = finishRestarts();
            journalFiles = replay.filesInOrder();
            nextSequence = replay.lastSequence() + 1;
        }
        reclaimLock.lock();
        try {
            // From here on the directory is in use, and what the journal held is durable elsewhere.
            writeCheckpoint(false, nextSequence);
        } finally {
            reclaimLock.unlock();
        }
        for (PartitionLog log : restarted) {
            log.forgetAnnouncedRestart();
        }
        if (config.durability() == Durability.FSYNC) {
            journal = Journal.open(files, directoryFiles.journal(), config.journalBytes(), nextSequence, journalFiles);
        } else {
            // What is written without the journal would be undone by replaying an old one.
            for (Path file : journalFiles) {
                files.delete(file);
            }
            files.syncDirectory(directoryFiles.journal());
        }
        files.syncDirectory(root);
    }

    private void replay(JournalReplay replay) throws IOException {
        Set<PartitionLog> replayed = new HashSet<>();
        replay.forEach((id, kind, offset, batches) -> {
            PartitionLog log = log(id);
            switch (kind) {
                case APPEND -> log.replay(offset, batches);
                case START -> {
                    log.open();
                    log.startAt(offset);
                }
                case TRUNCATE -> {
                    log.open();
                    // Even if the files are cut already: whether that was durable is not known.
                    log.cut(Math.min(offset, log.logEndOffset()));
                    compactor.onTruncated(id, offset);
                }
                case TRUNCATED, RESTARTED -> log.open();
                case RESTART -> {
                    RestartPoint point = RestartPoint.decode(batches);
                    if (point == null) {
                        throw new IOException("journal entry is damaged: log=" + id + " kind=" + kind);
                    }
                    log.restart(point);
                    compactor.onRestarted(id);
                }
                case DELETE -> forget(id, log);
            }
            if (kind != EntryKind.DELETE) {
                replayed.add(log);
            }
        });
        for (String damage : replay.damage()) {
            LOGGER.atError().addKeyValue("error", damage).log("journal is damaged");
        }
        for (PartitionLog log : replayed) {
            if (!log.isDeleted()) {
                log.endReplay();
                log.flush();
            }
        }
        if (replay.groupCount() > 0) {
            LOGGER.atInfo().log("journal replayed: groups={} logs={}", replay.groupCount(), replayed.size());
        }
    }

    /** Logs that were to begin anew without a journal when the process died. */
    private List<PartitionLog> finishRestarts() throws IOException {
        List<PartitionLog> restarted = new ArrayList<>();
        if (trusted) {
            return restarted;
        }
        for (LogId id : stored()) {
            RestartPoint point = directoryFiles.announcedRestart(id);
            if (point != null) {
                PartitionLog log = log(id);
                log.restart(point);
                compactor.onRestarted(id);
                restarted.add(log);
            }
        }
        return restarted;
    }

    private void forget(LogId id, PartitionLog log) throws IOException {
        log.markDeleted();
        logs.remove(id);
        stored.remove(id);
        checkpointed.remove(id);
        Path hidden = directoryFiles.hide(id);
        if (hidden != null) {
            directoryFiles.removeTree(hidden);
        }
    }

    // ---- what the logs need

    Path root() {
        return root;
    }

    FileSystem files() {
        return environment.fileSystem();
    }

    OpenFiles openFiles() {
        return openFiles;
    }

    IndexCache indexes() {
        return indexes;
    }

    long nowMillis() {
        return environment.clock().wallMillis();
    }

    /** What may be believed to be now where something goes for its age; for the background worker. */
    long believedMillis() {
        return retentionClock.nowMillis();
    }

    long random(long bound) {
        return environment.random().nextLong(bound);
    }

    boolean replaying() {
        return replaying != null;
    }

    /** See {@link JournalReplay#coveredFrom}; -1 unless the journal is being replayed. */
    long coveredFrom(LogId id) {
        JournalReplay now = replaying;
        return now == null ? -1 : now.coveredFrom(id);
    }

    long journalOrdinal() {
        Journal now = journal;
        return now == null ? 0 : now.currentOrdinal();
    }

    /** Whether the writer may soon have to wait for a flush of segments. */
    boolean journalWaits() {
        Journal now = journal;
        return now != null && now.wantsReclaim();
    }

    void created(LogId id) {
        namesChanged.incrementAndGet();
        stored.add(id);
    }

    /** Makes the names of all logs that were created by now durable; those who ask at once share one flush. */
    void syncNames() throws IOException {
        long wanted = namesChanged.get();
        synchronized (namesChanged) {
            if (namesSynced < wanted || replaying()) {
                long covered = namesChanged.get();
                environment.fileSystem().syncDirectory(root);
                namesSynced = covered;
            }
        }
    }

    /** Whether the last shutdown was clean, so that what the disk had then is durable. */
    boolean trusted() {
        return trusted;
    }

    void removeLater(Path path, long delayMillis, @Nullable PooledFile file) {
        removals.add(path, environment.clock().monotonicNanos() + delayMillis * NANOS_PER_MILLI, file);
    }

    // ---- logs

    /** The cluster that the directory belongs to. */
    public Uuid clusterId() {
        return clusterId;
    }

    /** The partitions that exist on this disk. */
    public Set<LogId> stored() {
        return Set.copyOf(stored);
    }

    /** The log of {@code id}; touches no disk until it is used. The same instance for the same id. */
    public PartitionLog log(LogId id, LogConfig settings) {
        PartitionLog log = log(id);
        log.config(settings);
        return log;
    }

    private PartitionLog log(LogId id) {
        return logs.computeIfAbsent(
                id,
                absent -> new PartitionLog(
                        this,
                        absent,
                        LogConfig.defaults(),
                        stored.contains(absent),
                        checkpointed.get(absent),
                        trusted));
    }

    /** Deletes a log for good; its files go in the background. Durable when it returns. Blocks. */
    public void delete(LogId id) throws IOException {
        PartitionLog log = log(id);
        commitLock.lock();
        reclaimLock.lock();
        log.fileLock.lock();
        try {
            if (log.isDeleted()) {
                return;
            }
            writeEntry(log, EntryKind.DELETE, 0, NOTHING);
            stalled.remove(log);
            compactor.onDeleted(id);
            log.markDeleted();
            logs.remove(id);
            stored.remove(id);
            checkpointed.remove(id);
            Path hidden = directoryFiles.hide(id);
            if (hidden != null) {
                removeLater(hidden, log.config().fileDeleteDelayMillis(), null);
            }
        } finally {
            log.fileLock.unlock();
            reclaimLock.unlock();
            commitLock.unlock();
        }
    }

    // ---- append

    /**
     * Commits a group: one journal write and one flush in FSYNC mode, then the segments. Sets the outcome of every
     * append and never throws for one append's sake. Order in the list is order in each log. The writer thread only;
     * blocks.
     */
    public void append(List<Append> group) {
        commitLock.lock();
        try {
            long bytesMax = journal == null ? GROUP_BYTES_MAX : journal.groupBytesMax();
            long bytes = 0;
            int from = 0;
            for (int i = 0; i < group.size(); i++) {
                int next = group.get(i).batches.sizeInBytes();
                if (i > from && bytes + next > bytesMax) {
                    commit(group, from, i);
                    from = i;
                    bytes = 0;
                }
                bytes += next;
            }
            if (from < group.size()) {
                commit(group, from, group.size());
            }
        } finally {
            commitLock.unlock();
        }
    }

    private void commit(List<Append> group, int from, int to) {
        String refusal = refusal();
        // With no space left the journal, which has its space, still takes what the platform itself writes: else nobody
        // could delete a topic to make room. It is bounded by the journal, which is not freed meanwhile.
        boolean internalOnly = refusal != null && offlineReason == null && journal != null;
        touched.clear();
        for (int i = from; i < to; i++) {
            Append append = group.get(i);
            boolean internal = append.origin == AppendOrigin.COORDINATOR || append.log.takesWhenFull();
            if (refusal != null && !(internalOnly && internal)) {
                append.failed(ErrorCode.KAFKA_STORAGE_ERROR, refusal);
            } else if (append.log.join(append)) {
                touched.add(append.log);
            }
        }
        if (touched.isEmpty()) {
            return;
        }
        long now = environment.clock().wallMillis();
        staging.begin(JournalFormat.GROUP_HEADER_BYTES);
        int entries = 0;
        for (int i = 0; i < touched.size(); i++) {
            entries += stage(touched.get(i), now);
        }
        if (entries == 0) {
            staging.abandon();
            touched.forEach(PartitionLog::endEmptyGroup);
            return;
        }
        if (journal != null && !writeJournal(journal, entries)) {
            staging.abandon();
            return;
        }
        for (int i = 0; i < touched.size(); i++) {
            commit(touched.get(i));
        }
        staging.end();
    }

    /** Stages one log's appends; a defect there is that log's failure and nobody else's. */
    private int stage(PartitionLog log, long nowMillis) {
        try {
            return log.stage(staging, nowMillis);
        } catch (RuntimeException defect) {
            LOGGER.atError().addKeyValue("partition", log.id()).setCause(defect).log("append failed");
            log.failGroup(ErrorCode.UNKNOWN_SERVER_ERROR, "append failed: log=" + log.id() + ": " + defect);
            return 0;
        }
    }

    private boolean writeJournal(Journal to, int entries) {
        try {
            JournalFile file = to.place(staging.groupBytes(), this::reclaimForWriter);
            for (int i = 0; i < touched.size(); i++) {
                mark(touched.get(i), file);
            }
            to.write(staging, entries);
            if (to.wantsReclaim()) {
                maintenanceWanted.run();
            }
            return true;
        } catch (IOException failure) {
            if (!DiskFull.is(failure) || failure instanceof Journal.FlushFailedException) {
                offline("journal cannot be written", failure);
            }
            String message = "journal cannot be written: directory=" + root + ": " + failure.getMessage();
            for (int i = 0; i < touched.size(); i++) {
                touched.get(i).failGroup(ErrorCode.KAFKA_STORAGE_ERROR, message);
            }
            return false;
        }
    }

    /** Notes that {@code file} holds data of {@code log}. */
    private void mark(PartitionLog log, JournalFile file) {
        if (log.hasStaged() && log.journalOrdinal != file.ordinal()) {
            log.journalOrdinal = file.ordinal();
            logsOfFile
                    .computeIfAbsent(file.ordinal(), ordinal -> new ArrayList<>())
                    .add(log);
        }
    }

    private void commit(PartitionLog log) {
        if (!log.hasStaged()) {
            log.endEmptyGroup();
            return;
        }
        boolean journaled = journal != null;
        try {
            log.commit(journaled);
        } catch (IOException failure) {
            if (journaled) {
                stalled.add(log);
                drainNotBeforeNanos = environment.clock().monotonicNanos() + DRAIN_RETRY_NANOS;
            }
            if (DiskFull.is(failure)) {
                LOGGER.atWarn()
                        .addKeyValue("partition", log.id())
                        .addKeyValue("error", failure.getMessage())
                        .log("no space for segments; appends are refused until there is");
            } else {
                offline("segment cannot be written: log=" + log.id(), failure);
            }
        }
    }

    /** Why nothing can be appended now, null if it can. Tries to write what waits for space first. */
    private @Nullable String refusal() {
        String reason = offlineReason;
        if (reason != null) {
            return "log directory is offline: directory=" + root + ": " + reason + "; mend the disk and restart";
        }
        if (stalled.isEmpty()) {
            return null;
        }
        long now = environment.clock().monotonicNanos();
        if (now - drainNotBeforeNanos >= 0) {
            drainNotBeforeNanos = now + DRAIN_RETRY_NANOS;
            drain();
        }
        return stalled.isEmpty() ? null : "no space left: directory=" + root + "; free some and retry";
    }

    private void drain() {
        for (PartitionLog log : List.copyOf(stalled)) {
            try {
                log.drain();
                stalled.remove(log);
            } catch (IOException failure) {
                if (!DiskFull.is(failure)) {
                    offline("segment cannot be written: log=" + log.id(), failure);
                }
                return;
            }
        }
    }

    /** Whether an input or output error took the directory offline; restart the node after mending the disk. */
    public boolean offline() {
        return offlineReason != null;
    }

    /** Nothing is appended any more: what a failed flush lost, a later success does not bring back. */
    void offline(String what, IOException failure) {
        if (offlineReason == null) {
            offlineReason = what + ": " + failure.getMessage();
            LOGGER.atError()
                    .addKeyValue("error", failure.toString())
                    .setCause(failure)
                    .log("log directory {} is offline: {}; mend the disk and restart", root, what);
        }
    }

    // ---- entries that are no appends

    interface Condition {
        boolean holds();
    }

    /** Writes an entry durably if {@code condition} holds, under the commit lock. */
    void journaled(PartitionLog log, EntryKind kind, long offset, Condition condition) throws IOException {
        commitLock.lock();
        try {
            if (condition.holds()) {
                writeEntry(log, kind, offset, NOTHING);
            }
        } finally {
            commitLock.unlock();
        }
    }

    /** The caller holds the commit lock. */
    private void writeEntry(PartitionLog log, EntryKind kind, long offset, ByteBuffer bytes) throws IOException {
        Journal to = journal;
        if (to == null) {
            return;
        }
        String reason = offlineReason;
        if (reason != null) {
            throw new IOException("log directory is offline: directory=" + root + ": " + reason);
        }
        staging.begin(JournalFormat.GROUP_HEADER_BYTES);
        int at = staging.reserve(JournalFormat.ENTRY_HEADER_BYTES + bytes.limit());
        ByteBuffer memory = staging.current().memory();
        JournalFormat.writeEntryHeader(memory, at, log.id(), kind, offset, bytes.limit());
        memory.put(at + JournalFormat.ENTRY_HEADER_BYTES, bytes, 0, bytes.limit());
        try {
            to.place(staging.groupBytes(), this::reclaimForWriter);
            to.write(staging, 1);
        } catch (IOException failure) {
            if (!DiskFull.is(failure) || failure instanceof Journal.FlushFailedException) {
                offline("journal cannot be written", failure);
            }
            throw failure;
        } finally {
            staging.abandon();
            staging.end();
        }
    }

    /**
     * Announces the truncation, makes sure that no checkpoint claims more, cuts the files, and says that it is done.
     * Nothing is appended in between, so that replaying the announcement alone cuts nothing else.
     */
    void truncate(PartitionLog log, long offset) throws IOException {
        commitLock.lock();
        reclaimLock.lock();
        log.fileLock.lock();
        try {
            log.checkTruncation(offset);
            if (!log.needsTruncation(offset)) {
                return;
            }
            writeEntry(log, EntryKind.TRUNCATE, offset, NOTHING);
            log.expectTruncation(offset);
            writeCheckpoint(false);
            log.cut(offset);
            compactor.onTruncated(log.id(), offset);
            stalled.remove(log);
            writeEntry(log, EntryKind.TRUNCATED, offset, NOTHING);
        } catch (IOException failure) {
            offline("log cannot be truncated: log=" + log.id(), failure);
            throw failure;
        } finally {
            log.fileLock.unlock();
            reclaimLock.unlock();
            commitLock.unlock();
        }
    }

    /**
     * Announces the new beginning, deletes the files, lets the checkpoint know, and says that it is done. Nothing is
     * appended in between. From the announcement on what the journal held before is void, and a start after a crash does
     * it all again.
     */
    void restart(PartitionLog log, RestartPoint point) throws IOException {
        commitLock.lock();
        reclaimLock.lock();
        log.fileLock.lock();
        try {
            log.checkNotDeleted();
            boolean journaled = journal != null;
            if (journaled) {
                writeEntry(log, EntryKind.RESTART, point.start().offset(), point.encode());
            } else {
                log.announceRestart(point);
            }
            log.restart(point);
            compactor.onRestarted(log.id());
            stalled.remove(log);
            writeCheckpoint(false);
            if (journaled) {
                writeEntry(log, EntryKind.RESTARTED, point.start().offset(), NOTHING);
            } else {
                log.forgetAnnouncedRestart();
            }
        } catch (IOException failure) {
            offline("log cannot begin anew: log=" + log.id(), failure);
            throw failure;
        } finally {
            log.fileLock.unlock();
            reclaimLock.unlock();
            commitLock.unlock();
        }
    }

    // ---- maintenance

    /**
     * Calls {@code task} on the writer thread whenever the journal wants {@link #maintain()} soon, so that appends need
     * not wait for the disk; the task hands over to a background worker and returns at once.
     */
    public void onMaintenanceWanted(Runnable task) {
        maintenanceWanted = task;
    }

    /** The writer found no free journal file: it flushes the oldest one's logs itself. */
    private void reclaimForWriter() throws IOException {
        reclaimLock.lock();
        try {
            reclaimOldest();
        } finally {
            reclaimLock.unlock();
        }
    }

    /** Flushes what the oldest full journal file holds and frees it; the caller holds the reclaim lock. */
    private void reclaimOldest() throws IOException {
        Journal from = journal;
        JournalFile oldest = from == null ? null : from.oldestFull();
        if (from == null || oldest == null) {
            return;
        }
        for (PartitionLog log : logsOfFile.getOrDefault(oldest.ordinal(), List.of())) {
            if (log.flushedOrdinal() > oldest.ordinal() || log.isDeleted()) {
                continue;
            }
            log.flush();
            if (log.flushedOrdinal() <= oldest.ordinal()) {
                throw new IOException("No space left: log=" + log.id() + " waits for it");
            }
        }
        writeCheckpoint(false, from.floorWithout(oldest));
        logsOfFile.remove(oldest.ordinal());
        from.free(oldest);
    }

    /**
     * Flushes segments behind the journal, closes segments by age, applies retention, writes checkpoints, goes on with
     * compaction and with verifying closed segments. One background worker calls it about every second and when
     * {@link #onMaintenanceWanted} asks. Blocks.
     */
    public void maintain() {
        reclaimLock.lock();
        try {
            if (closed || offlineReason != null) {
                return;
            }
            maintainJournal();
            long now = environment.clock().monotonicNanos();
            maintainLogs(now);
            if (now - checkpointAtNanos >= config.checkpointMillis() * NANOS_PER_MILLI) {
                checkpointAtNanos = now;
                writeCheckpoint(false);
            }
            removals.removeDue(now);
        } catch (IOException failure) {
            LOGGER.atWarn().addKeyValue("error", failure.toString()).log("maintenance of {} failed", root);
        } finally {
            reclaimLock.unlock();
        }
        compactor.advance(logs.values(), environment.clock().monotonicNanos());
        scrubber.advance(logs.values(), environment.clock().monotonicNanos());
    }

    private void maintainJournal() throws IOException {
        Journal own = journal;
        if (own != null) {
            while (own.oldestFull() != null) {
                reclaimOldest();
            }
            own.prepare();
        }
    }

    private void maintainLogs(long nowNanos) throws IOException {
        long nowMillis = believedMillis();
        boolean retention = nowNanos - retentionAtNanos >= config.retentionCheckMillis() * NANOS_PER_MILLI;
        if (retention) {
            retentionAtNanos = nowNanos;
        }
        List<PartitionLog> shorter = new ArrayList<>();
        for (PartitionLog log : logs.values()) {
            if (log.isDeleted()) {
                continue;
            }
            try {
                log.maintain(nowMillis, journal == null);
                if (retention) {
                    log.expireProducers(nowMillis - config.producerIdExpirationMillis());
                    if (log.applyRetention(nowMillis)) {
                        shorter.add(log);
                    }
                }
            } catch (IOException failure) {
                if (!DiskFull.is(failure)) {
                    throw failure;
                }
            }
        }
        if (!shorter.isEmpty()) {
            writeCheckpoint(false);
            for (PartitionLog log : shorter) {
                log.deleteBeforeStart();
            }
        }
    }

    private void writeCheckpoint(boolean clean) throws IOException {
        writeCheckpoint(clean, journal == null ? 1 : journal.floorWithout(null));
    }

    private void writeCheckpoint(boolean clean, long journalFloor) throws IOException {
        Map<LogId, DirectoryCheckpoint.Entry> entries = new HashMap<>(2 * stored.size());
        for (LogId id : stored) {
            PartitionLog log = logs.get(id);
            DirectoryCheckpoint.Entry entry = log != null && log.isKnown() ? log.checkpoint() : checkpointed.get(id);
            if (entry != null) {
                entries.put(id, entry);
            }
        }
        directoryFiles.writeCheckpoint(
                new DirectoryCheckpoint(clean, journalFloor, clusterId, config.nodeId(), entries));
        entries.forEach((id, written) -> {
            PartitionLog log = logs.get(id);
            if (log != null) {
                log.startIsDurable(written.logStartOffset());
            }
        });
    }

    /** Flushes everything and leaves the mark of a clean shutdown. Appends and reads must have ended. Blocks. */
    @Override
    public void close() throws IOException {
        compactor.close();
        commitLock.lock();
        reclaimLock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (!stalled.isEmpty()) {
                drain();
            }
            boolean clean = offlineReason == null && stalled.isEmpty();
            try {
                if (clean) {
                    LogCloser.close(
                            logs.values().stream().filter(PartitionLog::isOpen).toList(), root);
                    writeCheckpoint(true, journal == null ? 1 : journal.nextSequence());
                }
            } finally {
                staging.close();
                if (journal != null) {
                    journal.close();
                }
                openFiles.close();
                closeQuietly(lease);
            }
        } finally {
            reclaimLock.unlock();
            commitLock.unlock();
        }
    }

    /** Checks what must hold between two calls; throws IllegalStateException if something does not. */
    public void checkInvariants() {
        commitLock.lock();
        try {
            staging.checkInvariants();
            indexes.checkInvariants();
            if (journal != null) {
                journal.checkInvariants();
            }
            logs.values().forEach(PartitionLog::checkInvariants);
        } finally {
            commitLock.unlock();
        }
    }
}
