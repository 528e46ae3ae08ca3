package io.thalweg.log;

import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.recovery.Gap;
import io.thalweg.log.recovery.LoadedLog;
import io.thalweg.log.recovery.LogLoader;
import io.thalweg.log.segment.Hole;
import io.thalweg.log.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log from the disk when it is first used, applies what the journal has on top, and finds out what is missing.
 * Takes the log's lock; blocks.
 */
final class LogOpening {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogOpening.class);

    private final LogState log;
    private final LogOffsets offsets;

    /** The start offset is what a checkpoint said, and not a guess. */
    private final boolean startKnown;

    /** As they were found on the disk. Guarded by the log's lock. */
    private List<Gap> gaps = List.of();

    /** @param checkpoint what the last one said of the log, or null */
    LogOpening(LogState log, DirectoryCheckpoint.@Nullable Entry checkpoint) {
        this.log = log;
        this.offsets = log.offsets;
        this.startKnown = checkpoint != null;
        if (checkpoint != null) {
            offsets.from(checkpoint);
            log.segments.sizeBytes(checkpoint.sizeBytes());
        }
        // A log of which a checkpoint tells and whose directory is not there: its name may not have been durable yet.
        log.known = log.folder.exists() ? log.host.trusted() && startKnown : !startKnown;
    }

    /** Opens the log unless its offsets are known without that. */
    void ensureKnown() {
        if (!log.known) {
            ensureOpen();
        }
    }

    /** @throws ThalwegException KAFKA_STORAGE_ERROR if it cannot be read */
    void ensureOpen() {
        try {
            open();
        } catch (IOException failure) {
            throw new ThalwegException(
                    ErrorCode.KAFKA_STORAGE_ERROR, "log cannot be opened: log=" + log.id + ": " + failure, failure);
        }
    }

    /** Reads what is on the disk; a no-op if that happened. */
    void open() throws IOException {
        if (log.phase != LogState.Phase.UNOPENED) {
            return;
        }
        synchronized (log.lock) {
            if (log.phase == LogState.Phase.UNOPENED) {
                if (log.folder.exists() || startKnown) {
                    load();
                }
                log.noteView();
                log.phase = LogState.Phase.OPEN;
                log.known = true;
                if (!log.host.replaying()) {
                    checkLength();
                }
            }
        }
    }

    private void load() throws IOException {
        log.gaps.load(log.host.compactedBefore(log.id));
        long covered = log.host.coveredFrom(log.id);
        LoadedLog loaded;
        try {
            loaded = loader(covered).load(offsets.recoveryPoint, offsets.logStart, startKnown);
        } catch (NoSuchFileException absent) {
            // Created by an append that only the journal knows.
            long end = covered < 0 ? offsets.logStart : Math.min(covered, offsets.logStart);
            loaded = new LoadedLog(
                    List.of(),
                    List.of(),
                    log.history.producers(),
                    log.history.transactions(),
                    log.history.epochs(),
                    log.history.voters(),
                    end,
                    -1,
                    null,
                    List.of("directory is missing"));
            log.folder.isAbsent();
        }
        for (String repaired : loaded.repaired()) {
            LOGGER.atWarn()
                    .addKeyValue("partition", log.id)
                    .addKeyValue("offset", loaded.logEndOffset())
                    .log("log repaired: {}", repaired);
        }
        adopt(loaded);
        log.folder.foundAtStart();
    }

    private LogLoader loader(long coveredFrom) {
        return new LogLoader(
                log.host.files(),
                log.host.openFiles(),
                log.host.indexes(),
                log.folder.path(),
                log.host.nowMillis(),
                log.config.indexIntervalBytes(),
                coveredFrom,
                log.gaps.before());
    }

    private void adopt(LoadedLog loaded) {
        log.history.adopt(loaded);
        gaps = loaded.gaps();
        log.segments.set(loaded.segments().toArray(new Segment[0]));
        offsets.logEnd = loaded.logEndOffset();
        if (!log.segments.isEmpty() && loaded.missing() == null) {
            offsets.logStart = Math.max(offsets.logStart, log.segments.all()[0].baseOffset());
        }
        if (loaded.missing() != null) {
            log.damage.found(loaded.missing(), offsets.logStart);
        }
        offsets.boundHighWatermark();
        log.history.transactions().onHighWatermark(offsets.highWatermark);
        log.noteHistory();
        log.segments.noteSize();
    }

    /** Reads the log again after its files were cut; everything from {@code readFrom} on is checked. */
    void reload(long readFrom) throws IOException {
        for (Segment segment : log.segments.all()) {
            log.host.indexes().forget(segment);
            segment.file().close();
        }
        adopt(loader(-1).load(readFrom, offsets.logStart, false));
        for (Segment segment : log.segments.all()) {
            segment.markDirty();
        }
    }

    /** Finds out what is missing; called when the journal has had its say, or had nothing to say. */
    void checkLength() throws IOException {
        synchronized (log.lock) {
            if (!log.isOpen()) {
                return;
            }
            boolean holes = findHoles();
            if (!holes && offsets.logEnd < offsets.logStart && offsets.recoveryPoint <= offsets.logStart) {
                // All that was readable is there; what lies before the start was deleted.
                offsets.logEnd = offsets.logStart;
                if (!log.segments.isEmpty()) {
                    log.gaps.onGap(offsets.logStart);
                }
            }
            if (!holes && offsets.logEnd < offsets.recoveryPoint) {
                log.damage.found(
                        "missing from offset " + offsets.logEnd + " to " + offsets.recoveryPoint, offsets.logEnd);
            }
            offsets.boundHighWatermark();
            log.noteView();
        }
    }

    private boolean findHoles() {
        boolean holes = false;
        for (Gap gap : gaps) {
            if (gap.nextOffset() > offsets.logStart) {
                holes = true;
                log.damage.found(
                        "missing from offset " + gap.offset() + " to " + gap.nextOffset(),
                        Math.max(gap.offset(), offsets.logStart));
            }
        }
        for (Segment segment : log.segments.all()) {
            for (Hole hole : segment.holes()) {
                if (hole.nextOffset() <= offsets.logStart) {
                    continue;
                }
                holes = true;
                log.damage.found(
                        "unreadable from offset " + hole.offset() + " to " + hole.nextOffset() + ": file="
                                + segment.file().path() + " position=" + hole.position() + " end=" + hole.end(),
                        Math.max(hole.offset(), offsets.logStart));
            }
        }
        return holes;
    }

    // ---- replay

    /**
     * Applies batches of the journal: those that are missing are appended.
     *
     * @param after where the log ended before them
     */
    void replay(long after, ByteBuffer batches) throws IOException {
        open();
        synchronized (log.lock) {
            long follows = offsets.logEnd;
            if (after > Math.max(offsets.logEnd, offsets.logStart)) {
                log.damage.found("missing from offset " + offsets.logEnd + " to " + after, offsets.logEnd);
                // So that no compaction is taken for what made the gap.
                follows = after;
            }
            for (int at = 0; at < batches.limit(); ) {
                int size = BatchHeader.sizeInBytes(batches, at);
                if (BatchHeader.lastOffset(batches, at) >= offsets.logEnd) {
                    replayBatch(batches, at, size, Math.max(follows, offsets.logEnd));
                }
                at += size;
            }
            log.segments.noteSize();
            log.noteView();
        }
    }

    private void replayBatch(ByteBuffer batches, int at, int size, long after) throws IOException {
        log.folder.create();
        log.writer.write(batches, at, at + size, after);
        log.history.onReplayed(batches, at);
        log.history.onAppended(batches, at, at + size, log.segments);
        log.changedSinceOpen = true;
        offsets.logEnd = BatchHeader.lastOffset(batches, at) + 1;
        log.noteHistory();
    }
}
