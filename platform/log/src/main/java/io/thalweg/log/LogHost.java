package io.thalweg.log;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.file.OpenFiles;
import io.thalweg.log.file.PooledFile;
import io.thalweg.log.journal.Journal;
import io.thalweg.log.journal.JournalReplay;
import io.thalweg.log.segment.IndexCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the logs of one directory share and are given: files and the caches over them, time, chance, and what the journal
 * knows. Any thread, but for what says otherwise; no lock of its own.
 */
final class LogHost {

    private static final long INDEX_CACHE_BYTES = 32L << 20;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Environment environment;
    private final Path root;
    private final boolean trusted;
    private final OpenFiles openFiles;
    private final IndexCache indexes;
    private final RetentionClock retentionClock;
    private final DirectoryHealth health;
    private final LogNames names;
    private final DelayedRemovals removals;

    /** Set during start: what a log lacks may still come from the journal. */
    private volatile @Nullable JournalReplay replaying;

    /** How far logs were compacted before this start; set once. */
    private volatile Map<LogId, Long> compactedBefore = Map.of();

    /** Set at the end of the start; null in OS mode. */
    private volatile @Nullable Journal journal;

    /** @param trusted the last shutdown was clean */
    LogHost(Environment environment, DirectoryFiles directory, LogDirectoryConfig config, boolean trusted) {
        this.environment = environment;
        this.root = directory.root();
        this.trusted = trusted;
        this.openFiles = new OpenFiles(environment.fileSystem(), config.openFilesMax());
        this.indexes = new IndexCache(environment.fileSystem(), INDEX_CACHE_BYTES);
        this.retentionClock =
                new RetentionClock(environment.clock(), config.upkeep().clockStepHoldMillis());
        this.health = new DirectoryHealth(root);
        this.names = new LogNames(environment.fileSystem(), root);
        this.removals = new DelayedRemovals(directory);
    }

    Path root() {
        return root;
    }

    /** Whether the last shutdown was clean, so that what the disk had then is durable. */
    boolean trusted() {
        return trusted;
    }

    DirectoryHealth health() {
        return health;
    }

    LogNames names() {
        return names;
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

    long nowNanos() {
        return environment.clock().monotonicNanos();
    }

    /** What may be believed to be now where something goes for its age; for the background worker. */
    long believedMillis() {
        return retentionClock.nowMillis();
    }

    long random(long bound) {
        return environment.random().nextLong(bound);
    }

    /** How far each log was compacted before this start. */
    void compactedBefore(Map<LogId, Long> offsets) {
        compactedBefore = offsets;
    }

    /** Up to where the log may have been compacted before this start, in versions that did not note it with the log. */
    long compactedBefore(LogId id) {
        return compactedBefore.getOrDefault(id, 0L);
    }

    // ---- what the journal knows

    /** The journal is being replayed by {@code now}; null when that is over. */
    void replaying(@Nullable JournalReplay now) {
        replaying = now;
    }

    boolean replaying() {
        return replaying != null;
    }

    /** See {@link JournalReplay#coveredFrom}; -1 unless the journal is being replayed. */
    long coveredFrom(LogId id) {
        JournalReplay now = replaying;
        return now == null ? -1 : now.coveredFrom(id);
    }

    /** From now on {@code opened} is written. */
    void journal(Journal opened) {
        journal = opened;
    }

    /** What is appended from now on lies in the journal file of this ordinal or a later one; 0 in OS mode. */
    long journalOrdinal() {
        Journal now = journal;
        return now == null ? 0 : now.currentOrdinal();
    }

    /** Whether the writer may soon have to wait for a flush of segments. */
    boolean journalWaits() {
        Journal now = journal;
        return now != null && now.wantsReclaim();
    }

    // ---- names and files on their way out

    /** Makes the names of all logs that there are by now durable. Blocks. */
    void syncNames() throws IOException {
        names.sync();
    }

    /** @param file closed before {@code path} is removed */
    void removeLater(Path path, long delayMillis, @Nullable PooledFile file) {
        removals.add(path, nowNanos() + delayMillis * NANOS_PER_MILLI, file);
    }

    /** One caller at a time; blocks. */
    void removeDue(long nowNanos) throws IOException {
        removals.removeDue(nowNanos);
    }
}
