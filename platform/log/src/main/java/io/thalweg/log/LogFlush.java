package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what lies in a log's segments durable and moves the recovery point up. Everything here holds the log's file lock,
 * and its lock for moments only; blocks on disk. A flush that fails takes the directory offline.
 */
final class LogFlush {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogFlush.class);

    /** Up to so much is read again at the next start rather than flushed in files that save that reading. */
    private static final int REREAD_BYTES_MAX = 64 << 10;

    /**
     * What one flush is to make durable, taken at one moment.
     *
     * @param target offsets before it are durable afterwards
     * @param snapshot of the producers at {@code snapshotAt}, to be saved; or null
     */
    private record Work(
            Segment[] segments,
            List<Segment> dirty,
            long target,
            boolean filesChanged,
            boolean nameChanged,
            @Nullable ByteBuffer snapshot,
            long snapshotAt) {}

    private final LogState log;

    /** Data in journal files before this ordinal is durable in segments. */
    private volatile long flushedOrdinal;

    /** Published since the last flush took its work. Written under the log's lock. */
    private volatile long unflushedBytes;

    /** Whether the log waits to be flushed ahead. */
    private final AtomicBoolean queued = new AtomicBoolean();

    LogFlush(LogState log) {
        this.log = log;
    }

    /** What was appended since the last flush. Any thread. */
    long unflushedBytes() {
        return unflushedBytes;
    }

    /** The caller holds the log's lock. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void onPublished(long bytes) {
        unflushedBytes += bytes;
    }

    /** Notes that the log waits to be flushed ahead; false if it does already. */
    boolean queue() {
        return queued.compareAndSet(false, true);
    }

    /** What is appended from now on may make the log wait again. */
    void unqueue() {
        queued.set(false);
    }

    /** Data in journal files before this ordinal is durable in segments. Any thread. */
    long flushedOrdinal() {
        return flushedOrdinal;
    }

    /** Flushes everything; writes the indexes of closed segments and the producer snapshot that is due. */
    void flush() throws IOException {
        log.fileLock.lock();
        try {
            long ordinal = log.host.journalOrdinal();
            force();
            boolean complete;
            synchronized (log.lock) {
                complete = log.waiting.isEmpty();
            }
            if (complete) {
                flushedOrdinal = ordinal;
            }
        } finally {
            log.fileLock.unlock();
        }
    }

    /** As {@link #flush}, but says nothing of the journal. The caller holds the file lock, or replays the journal. */
    void force() throws IOException {
        Work work = take();
        if (work == null) {
            return;
        }
        forceSegments(work.dirty);
        boolean filesChanged = saveHistory(work) || work.filesChanged;
        try {
            if (filesChanged) {
                log.host.files().syncDirectory(log.folder.path());
            }
            if (work.nameChanged) {
                log.host.syncNames();
            }
        } catch (IOException failure) {
            throw failed(work.dirty, failure);
        }
        if (work.target > log.offsets.recoveryPoint) {
            log.offsets.recoveryPoint = work.target;
        }
        log.caches.save(work.segments, work.snapshot, work.snapshotAt);
        if (work.segments.length > 1 || log.gaps.undeclared()) {
            declareGaps();
        }
    }

    private void declareGaps() {
        try {
            synchronized (log.lock) {
                log.gaps.declare(log.offsets.logEnd);
            }
        } catch (IOException failure) {
            // The next flush tries again; without it a start after more damage believes more.
            LOGGER.atDebug()
                    .addKeyValue("partition", log.id)
                    .addKeyValue("error", failure.toString())
                    .log("gaps not declared");
        }
    }

    /** Null if there is nothing on the disk. */
    private @Nullable Work take() {
        synchronized (log.lock) {
            if (!log.isOpen() || !log.folder.exists()) {
                return null;
            }
            unflushedBytes = 0;
            Segment[] now = log.segments.all();
            List<Segment> dirty = new ArrayList<>();
            for (Segment segment : now) {
                if (segment.dirty()) {
                    segment.clean();
                    dirty.add(segment);
                }
            }
            Work work = new Work(
                    now,
                    dirty,
                    log.waiting.isEmpty()
                            ? log.offsets.logEnd
                            : log.segments.active().nextOffset(),
                    log.folder.changed(),
                    log.folder.nameUnsynced(),
                    log.history.takeSnapshot(),
                    log.history.snapshotAt());
            log.folder.synced();
            return work;
        }
    }

    private void forceSegments(List<Segment> dirty) throws IOException {
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
            throw failed(dirty, failure);
        }
    }

    /** What this flush lost, a later success would not bring back. */
    private IOException failed(List<Segment> dirty, IOException failure) {
        dirty.forEach(Segment::markDirty);
        if (!log.isDeleted()) {
            log.host.health().offline("segments cannot be flushed: log=" + log.id, failure);
        }
        return failure;
    }

    /** Saves what was read from the batches up to here; whether there was something: the directory must be synced then. */
    private boolean saveHistory(Work work) throws IOException {
        try {
            return log.history.save(log.host.files(), log.folder.path());
        } catch (IOException failure) {
            synchronized (log.lock) {
                log.folder.unsynced(work.filesChanged, work.nameChanged);
            }
            throw failure;
        }
    }

    /** Flushes and writes the caches that save reading, so that the next start reads almost nothing. */
    void closeCleanly() throws IOException {
        if (!log.isOpen()) {
            return;
        }
        log.fileLock.lock();
        try {
            boolean changed;
            synchronized (log.lock) {
                changed = log.changedSinceOpen && !quicklyReread();
                if (changed && log.waiting.isEmpty()) {
                    log.history.encodeSnapshot(log.offsets.logEnd);
                }
            }
            flush();
            if (changed && !log.segments.isEmpty()) {
                Segment last = log.segments.active();
                last.completeIndex();
                SegmentIndex index = last.index();
                if (index != null) {
                    log.host.indexes().save(last, index);
                }
            }
        } finally {
            log.fileLock.unlock();
        }
    }

    /** Whether what the caches would hold stands in a few bytes of the last segment, as in most of ten thousand logs. */
    private boolean quicklyReread() {
        if (log.segments.isEmpty()) {
            return false;
        }
        Segment active = log.segments.active();
        return active.sizeBytes() <= REREAD_BYTES_MAX
                && (active.baseOffset() == 0 || log.history.snapshotAt() >= active.baseOffset());
    }

    /** Closes the active segment if it is old; flushes closed segments where no journal does. */
    void maintain(long nowMillis, boolean flushClosed) throws IOException {
        if (!log.isOpen()) {
            return;
        }
        log.fileLock.lock();
        try {
            log.writer.rollIfOlderThan(nowMillis - log.config.rollMillis() + log.writer.jitterMillis());
            boolean unsaved;
            synchronized (log.lock) {
                unsaved = log.history.snapshotUnsaved();
                Segment[] now = log.segments.all();
                for (int i = 0; flushClosed && i < now.length - 1; i++) {
                    unsaved |= now[i].dirty() || now[i].index() != null;
                }
            }
            if (unsaved) {
                flush();
            }
        } finally {
            log.fileLock.unlock();
        }
    }
}
