package io.thalweg.log;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import io.thalweg.log.file.OpenFiles;
import io.thalweg.log.journal.EntryKind;
import io.thalweg.log.recovery.RestartPoint;
import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.tail.Staging;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of one directory: opened, appended to in groups, maintained and closed together. What happens on each of these
 * ways stands in the class named for it; this one puts them together.
 */
public final class LogDirectory implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogDirectory.class);
    private static final int CHUNK_BYTES_MIN = 64 << 10;
    private static final int CHUNK_BYTES_MAX = 1 << 20;
    private static final long COMPACTION_BYTES_PER_SECOND = 32L << 20;

    private final Uuid clusterId;
    private final AutoCloseable lease;
    private final LogHost host;
    private final LogHandles handles;
    private final DirectoryLocks locks = new DirectoryLocks();

    /** Guarded by the commit lock. */
    private final Staging staging;

    private final DirectoryJournal journal;
    private final GroupCommit commits;
    private final LogChanges changes;
    private final DirectoryMaintenance maintenance;
    private final LogCompactor compactor;
    private final LogScrubber scrubber;
    private final DirectoryStart start;

    /** Guarded by the reclaim lock. */
    private boolean closed;

    private LogDirectory(
            Environment environment,
            DirectoryFiles files,
            LogDirectoryConfig config,
            AutoCloseable lease,
            Uuid clusterId,
            @Nullable DirectoryCheckpoint checkpoint) {
        this.lease = lease;
        this.clusterId = clusterId;
        this.host = new LogHost(environment, files, config, checkpoint != null && checkpoint.clean());
        this.handles = new LogHandles(this, host, checkpoint);
        this.staging = new Staging(
                (int) Math.max(CHUNK_BYTES_MIN, Math.min(CHUNK_BYTES_MAX, config.tailBytes() / 16)),
                config.tailBytes());
        CheckpointWriter checkpoints = new CheckpointWriter(files, host.names(), handles, clusterId, config.nodeId());
        this.journal = new DirectoryJournal(host, locks, checkpoints, staging);
        this.commits = new GroupCommit(host, locks, journal, staging);
        long now = host.nowNanos();
        this.compactor = new LogCompactor(host, COMPACTION_BYTES_PER_SECOND, now);
        this.scrubber = new LogScrubber(host, config.upkeep(), now);
        this.changes = new LogChanges(host, locks, files, handles, journal, commits, compactor);
        this.maintenance = new DirectoryMaintenance(host, config, handles, journal);
        this.start = new DirectoryStart(host, config, files, locks, handles, changes, compactor, checkpoints, journal);
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
            LogDirectory directory = new LogDirectory(environment, own, config, lease, cluster, checkpoint);
            directory.start.run(checkpoint);
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

    // ---- logs

    /** The cluster that the directory belongs to. */
    public Uuid clusterId() {
        return clusterId;
    }

    /** The partitions that exist on this disk. */
    public Set<LogId> stored() {
        return Set.copyOf(host.names().stored());
    }

    /** The log of {@code id}; touches no disk until it is used. The same instance for the same id. */
    public PartitionLog log(LogId id, LogConfig settings) {
        PartitionLog log = handles.log(id);
        log.config(settings);
        return log;
    }

    /** Deletes a log for good; its files go in the background. Durable when it returns. Blocks. */
    public void delete(LogId id) throws IOException {
        changes.delete(handles.log(id));
    }

    /**
     * Truncates logs, each as {@link PartitionLog#truncateTo} does; together they cost one checkpoint. Durable when it returns.
     * Blocks.
     *
     * @param group of different logs; so many that their announcements fit into one journal write
     * @throws io.thalweg.log.error.ThalwegException OFFSET_OUT_OF_RANGE of any of them; all are unchanged
     */
    public void truncate(List<Truncation> group) throws IOException {
        for (Truncation one : group) {
            one.log().open();
        }
        if (!group.isEmpty()) {
            changes.truncate(group);
        }
    }

    // ---- append

    /**
     * Commits a group: one journal write and one flush in FSYNC mode, then the segments. Sets the outcome of every
     * append and never throws for one append's sake. Order in the list is order in each log. The writer thread only;
     * blocks.
     */
    public void append(List<Append> group) {
        commits.append(group);
    }

    /** Whether an input or output error took the directory offline; restart the node after mending the disk. */
    public boolean offline() {
        return host.health().offline();
    }

    /** Why nothing can be appended until the node starts again; null while it can. Any thread. */
    public @Nullable String offlineReason() {
        return host.health().refusal();
    }

    /** Whether appends are under way. While they are and {@link #steps} stands still, the disk does not answer. Any thread. */
    public boolean appending() {
        return commits.appending();
    }

    /** How much was done of all appends so far. Any thread. */
    public long steps() {
        return commits.steps();
    }

    /** Whether the last attempt to append found no space: clients' appends are refused until there is some. Any thread. */
    public boolean full() {
        return commits.full();
    }

    // ---- for the logs: see LogChanges

    void journaled(PartitionLog log, EntryKind kind, long offset, LogChanges.Condition condition) throws IOException {
        changes.journaled(log, kind, offset, condition);
    }

    void restart(PartitionLog log, RestartPoint point) throws IOException {
        changes.restart(log, point);
    }

    OpenFiles openFiles() {
        return host.openFiles();
    }

    IndexCache indexes() {
        return host.indexes();
    }

    // ---- maintenance

    /**
     * Calls {@code task} on the writer thread whenever the journal wants {@link #flushBehind} soon, so that appends need
     * not wait for the disk; the task hands over to the worker that maintains and returns at once.
     */
    public void onFlushWanted(Runnable task) {
        commits.onFlushWanted(task);
    }

    /**
     * Flushes segments behind the journal, as far as it asks for it; the part of {@link #maintain} that is wanted many
     * times a second under load. The same worker calls it. Blocks.
     */
    public void flushBehind() {
        locks.reclaim().lock();
        try {
            if (!closed && !offline()) {
                maintenance.flushBehind();
            }
        } finally {
            locks.reclaim().unlock();
        }
    }

    /**
     * Flushes segments behind the journal, closes segments by age, applies retention, writes checkpoints, goes on with
     * compaction and with verifying closed segments. One background worker calls it about every second. Blocks.
     */
    public void maintain() {
        locks.reclaim().lock();
        try {
            if (closed || offline()) {
                return;
            }
            maintenance.run();
        } finally {
            locks.reclaim().unlock();
        }
        compactor.advance(handles.all(), host.nowNanos());
        scrubber.advance(handles.all(), host.nowNanos());
    }

    /** Flushes everything and leaves the mark of a clean shutdown. Appends and reads must have ended. Blocks. */
    @Override
    public void close() throws IOException {
        compactor.close();
        locks.commit().lock();
        locks.reclaim().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (commits.stalled()) {
                commits.drain();
            }
            try {
                if (!offline() && !commits.stalled()) {
                    SharedFlushes.flush(
                            handles.all().stream().filter(PartitionLog::isOpen).toList(),
                            "closing directory=" + host.root(),
                            log -> log.flush.closeCleanly());
                    journal.writeCleanCheckpoint();
                }
            } finally {
                staging.close();
                journal.close();
                host.openFiles().close();
                closeQuietly(lease);
            }
        } finally {
            locks.reclaim().unlock();
            locks.commit().unlock();
        }
    }

    /** Checks what must hold between two calls; throws IllegalStateException if something does not. */
    public void checkInvariants() {
        locks.commit().lock();
        try {
            staging.checkInvariants();
            host.indexes().checkInvariants();
            journal.checkInvariants();
            handles.all().forEach(PartitionLog::checkInvariants);
        } finally {
            locks.commit().unlock();
        }
    }
}
