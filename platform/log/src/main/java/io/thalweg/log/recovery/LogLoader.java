package io.thalweg.log.recovery;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.file.OpenFiles;
import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.segment.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a log's directory. Used once; blocks. */
public final class LogLoader {

    private final FileSystem files;
    private final OpenFiles openFiles;
    private final IndexCache indexes;
    private final Path directory;
    private final long nowMillis;
    private final int indexIntervalBytes;
    private final long coveredFrom;
    private final long gapsBefore;

    private final List<String> repaired = new ArrayList<>();

    /**
     * @param coveredFrom the journal holds everything from this offset on and is replayed next; -1 if it does not
     * @param gapsBefore compaction may have left out offsets before this one
     */
    public LogLoader(
            FileSystem files,
            OpenFiles openFiles,
            IndexCache indexes,
            Path directory,
            long nowMillis,
            int indexIntervalBytes,
            long coveredFrom,
            long gapsBefore) {
        this.files = files;
        this.openFiles = openFiles;
        this.indexes = indexes;
        this.directory = directory;
        this.nowMillis = nowMillis;
        this.indexIntervalBytes = indexIntervalBytes;
        this.coveredFrom = coveredFrom;
        this.gapsBefore = gapsBefore;
    }

    /**
     * @param recoveryPoint batches from here on are checked; everything before is durable
     * @param logStartOffset where the log begins if it holds nothing
     * @param startKnown whether that is what the checkpoint says, and not a guess
     */
    public LoadedLog load(long recoveryPoint, long logStartOffset, boolean startKnown) throws IOException {
        FoundFiles found = new FoundFiles(files, directory, repaired);
        List<Long> bases = found.list();
        String missing = null;
        if (!bases.isEmpty() && isAllInJournal(bases.get(0), recoveryPoint, logStartOffset)) {
            // The first segment did not survive, or its name did not: all of it comes again from the journal.
            found.removeSegments(bases);
            bases.clear();
        } else if (!bases.isEmpty() && bases.get(0) > logStartOffset && startKnown) {
            missing = "missing from offset " + logStartOffset + " to " + bases.get(0);
        }
        if (bases.isEmpty()) {
            return empty(found, logStartOffset);
        }
        return read(found, bases, recoveryPoint, logStartOffset, missing);
    }

    /**
     * Whether the journal has everything that a first segment before {@code first} may have held. If nothing is durable that counts even
     * for what lies before the log start: it tells of the epoch and the voters there.
     */
    private boolean isAllInJournal(long first, long recoveryPoint, long logStart) {
        return coveredFrom >= 0
                && coveredFrom <= logStart
                && (first > logStart || (coveredFrom < first && recoveryPoint <= coveredFrom));
    }

    private LoadedLog empty(FoundFiles found, long logStartOffset) throws IOException {
        long end = coveredFrom >= 0 ? Math.min(coveredFrom, logStartOffset) : logStartOffset;
        found.removeSnapshotsBeyond(end);
        RebuiltHistory history = new RebuiltHistory(files, directory, repaired);
        history.begin(end);
        return loaded(List.of(), List.of(), history, end, -1, null);
    }

    private LoadedLog read(
            FoundFiles found, List<Long> bases, long recoveryPoint, long logStart, @Nullable String missing)
            throws IOException {
        long first = bases.get(0);
        RebuiltHistory history = new RebuiltHistory(files, directory, repaired);
        SegmentRecovery recovery = new SegmentRecovery(
                files,
                openFiles,
                indexes,
                directory,
                nowMillis,
                indexIntervalBytes,
                coveredFrom,
                logStart,
                gapsBefore,
                found,
                history,
                repaired);
        List<Long> left = bases;
        Long snapshot = found.snapshots().isEmpty() ? null : found.snapshots().lastKey();
        while (true) {
            recovery.begin(left);
            history.begin(Math.max(first, recoveryPoint));
            history.load(found.snapshots(), snapshot, first, recovery.segments());
            recovery.read(
                    history.needsAllBatches() ? first : Math.min(recoveryPoint, history.snapshotOffset()),
                    recoveryPoint);
            if (recovery.logEndOffset() >= history.snapshotOffset() || history.snapshotOffset() <= first) {
                break;
            }
            // The snapshot tells of batches that are not there: an older one, or none, is right.
            snapshot = found.snapshots().lowerKey(history.snapshotOffset());
            left = recovery.segments().stream().map(Segment::baseOffset).toList();
        }
        long end = recovery.logEndOffset();
        found.removeSnapshotsBeyond(end);
        history.truncateEnd(end);
        return loaded(
                recovery.segments(),
                recovery.gaps(),
                history,
                end,
                snapshot == null ? -1 : history.snapshotOffset(),
                missing);
    }

    private LoadedLog loaded(
            List<Segment> segments,
            List<Gap> gaps,
            RebuiltHistory history,
            long end,
            long snapshotOffset,
            @Nullable String missing) {
        return new LoadedLog(
                segments,
                gaps,
                history.producers(),
                history.transactions(),
                history.epochs(),
                history.voters(),
                end,
                snapshotOffset,
                missing,
                List.copyOf(repaired));
    }
}
