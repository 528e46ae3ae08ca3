package io.thalweg.log;

import io.thalweg.log.segment.Segment;
import java.io.IOException;
import java.util.Arrays;

/**
 * Shortens a log at its beginning: first the start offset moves, then, when a checkpoint tells of it, the segments before it
 * are deleted. The background worker's; takes the log's file lock; blocks.
 */
final class LogRetention {

    private final LogState log;
    private final LogFlush flush;
    private final SegmentRemoval removal;

    LogRetention(LogState log, LogFlush flush, SegmentRemoval removal) {
        this.log = log;
        this.flush = flush;
        this.removal = removal;
    }

    /**
     * Moves the log start offset past what is too old or too much; {@link #deleteBeforeStart} deletes it once the
     * checkpoint tells of the new start. The log is open.
     *
     * @return whether there is something to delete
     */
    boolean apply(long nowMillis) throws IOException {
        if (log.segments.isEmpty() || log.damage.any()) {
            return false;
        }
        log.fileLock.lock();
        try {
            long highWatermark = log.offsets.highWatermark;
            Retention retention = new Retention(log.config, log.host.indexes(), nowMillis, highWatermark);
            Segment active = log.segments.active();
            if (retention.isTooOld(active) && active.nextOffset() <= highWatermark) {
                log.writer.rollIfOlderThan(Long.MAX_VALUE);
            }
            Segment[] all = log.segments.all();
            int expired = retention.expired(all, log.segments.sizeBytes());
            if (expired > 0) {
                log.startAt(all[expired].baseOffset());
            }
            return Retention.beforeStart(all, log.offsets.logStart) > 0;
        } finally {
            log.fileLock.unlock();
        }
    }

    /**
     * The checkpoint says durably that the log starts at {@code offset}: only now is forgotten what does not hold there
     * any more.
     */
    void startIsDurable(long offset) {
        if (offset <= log.offsets.durableStart) {
            return;
        }
        synchronized (log.lock) {
            log.offsets.durableStart = offset;
            log.history.epochs().truncateStart(offset);
            log.history.voters().truncateStart(offset);
            log.noteView();
        }
    }

    /** Deletes the segments before the durable log start offset. */
    void deleteBeforeStart() throws IOException {
        if (!log.isOpen()) {
            return;
        }
        log.fileLock.lock();
        try {
            int count = Retention.beforeStart(log.segments.all(), log.offsets.durableStart);
            if (count > 0) {
                // The segment that becomes the first one, and its name, must outlive the others.
                flush.flush();
                deleteOldest(count);
            }
        } finally {
            log.fileLock.unlock();
        }
    }

    private void deleteOldest(int count) throws IOException {
        Segment[] old;
        synchronized (log.lock) {
            old = log.segments.all();
            log.segments.set(Arrays.copyOfRange(old, count, old.length));
            log.segments.noteSize();
        }
        for (int i = 0; i < count; i++) {
            removal.hide(old[i]);
        }
    }
}
