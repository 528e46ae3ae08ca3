package io.thalweg.log;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.recovery.RestartPoint;
import java.io.IOException;

/**
 * Takes the end off a log, or all of it. The steps that {@link LogChanges} calls in order, holding the directory's locks and
 * the log's file lock; the start calls them while it replays the journal. Blocks.
 */
final class LogCut {

    private final LogState log;
    private final LogOpening opening;
    private final LogFlush flush;

    LogCut(LogState log, LogOpening opening, LogFlush flush) {
        this.log = log;
        this.opening = opening;
        this.flush = flush;
    }

    // ---- truncation

    /** @throws ThalwegException OFFSET_OUT_OF_RANGE */
    void check(long offset) {
        if (offset < log.offsets.logStart || offset > log.offsets.logEnd) {
            throw new ThalwegException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "log cannot be truncated: log=" + log.id + " offset=" + offset + " logStartOffset="
                            + log.offsets.logStart + " logEndOffset=" + log.offsets.logEnd);
        }
    }

    boolean isNeeded(long offset) {
        return offset < log.offsets.logEnd || log.damage.any();
    }

    /** So that no checkpoint claims more than what is left. */
    void expect(long offset) throws IOException {
        // What compaction left out before the offset is not there to be recovered.
        long left = Math.min(
                offset,
                log.cutter.place(log.segments.all(), offset, !log.damage.any()).nextOffset());
        log.offsets.recoveryPoint = Math.min(log.offsets.recoveryPoint, left);
        log.offsets.highWatermark = Math.max(log.offsets.logStart, Math.min(log.offsets.highWatermark, left));
    }

    /** Cuts the files and reads them again; durable with the next flush, before which nothing may be appended. */
    void cut(long offset) throws IOException {
        LogOffsets offsets = log.offsets;
        synchronized (log.lock) {
            offsets.recoveryPoint = Math.min(offsets.recoveryPoint, offset);
            offsets.highWatermark = Math.min(offsets.highWatermark, offset);
            log.dropMemory();
            log.history.takeSnapshot();
            if (!log.folder.exists()) {
                return;
            }
            log.cutFiles(offset);
            log.caches.removeSnapshotsBeyond(offset);
            offsets.logEnd = offset;
            log.damage.clear();
            opening.reload(offsets.recoveryPoint);
            log.changedSinceOpen = true;
            if (offsets.logEnd < offsets.recoveryPoint) {
                offsets.recoveryPoint = offsets.logEnd;
            }
            opening.checkLength();
        }
    }

    // ---- a new beginning

    /** Where there is no journal: says durably what is about to happen. */
    void announceRestart(RestartPoint point) throws IOException {
        synchronized (log.lock) {
            log.folder.create();
        }
        WholeFile.replaceDurably(log.host.files(), log.folder.path().resolve(RestartPoint.FILE), point.encode());
        log.host.syncNames();
    }

    /** The checkpoint knows of the new start: the announcement goes. */
    void forgetAnnouncedRestart() throws IOException {
        log.host.files().delete(log.folder.path().resolve(RestartPoint.FILE));
        log.host.files().syncDirectory(log.folder.path());
    }

    /** Deletes all files, opened or not, and begins anew; durable when it returns. */
    void restart(RestartPoint point) throws IOException {
        long start = point.start().offset();
        synchronized (log.lock) {
            if (log.isDeleted()) {
                return;
            }
            log.dropMemory();
            log.segments.removeAll(log.host.indexes());
            log.folder.create();
            log.cutter.removeAll();
            log.history.restartAt(point);
            log.offsets.restartAt(start);
            log.noteHistory();
            log.damage.clear();
            log.writer.roll(start);
            // There are no producers to be saved.
            log.writer.takeRolled();
            log.segments.noteSize();
            log.noteView();
            log.changedSinceOpen = true;
            log.phase = LogState.Phase.OPEN;
            log.known = true;
        }
        flush.force();
    }

    /** The log's directory was renamed and goes: nothing more is read or written. */
    void markDeleted() throws IOException {
        synchronized (log.lock) {
            log.phase = LogState.Phase.DELETED;
            log.known = true;
            log.dropMemory();
            log.segments.removeAll(log.host.indexes());
            log.segments.noteSize();
        }
    }
}
