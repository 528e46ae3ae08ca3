package io.thalweg.log;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.GapsCheckpoint;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Where in a log offsets may be missing between batches because compaction left them out; anywhere else a gap is damage.
 * Any thread; blocks where it says so.
 */
final class LogGaps {

    /** A follower of a compacted log meets gap after gap: it asks for so many offsets at a time. */
    private static final long AHEAD = 1 << 16;

    private final FileSystem files;
    private final Path directory;
    private volatile long before;

    /** The file is there and says it. Written under this object's monitor. */
    private volatile boolean stored;

    LogGaps(FileSystem files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Gaps lie before this offset only. */
    long before() {
        return before;
    }

    /**
     * Reads the file. If it is damaged or lost, gaps may be anywhere. Blocks.
     *
     * @param compactedBefore what is known from elsewhere
     */
    synchronized void load(long compactedBefore) throws IOException {
        long read;
        try {
            GapsCheckpoint found = GapsCheckpoint.decode(WholeFile.read(files, directory.resolve(GapsCheckpoint.FILE)));
            stored = found != null;
            read = found == null ? Long.MAX_VALUE : found.before();
        } catch (NoSuchFileException none) {
            read = hasClosedSegments() ? Long.MAX_VALUE : 0;
        }
        before = Math.max(before, Math.max(read, compactedBefore));
    }

    /** Then the file should be there: see {@link #declare}. */
    private boolean hasClosedSegments() throws IOException {
        int segments = 0;
        try {
            for (String name : files.list(directory)) {
                segments += SegmentFiles.offset(name, SegmentFiles.LOG) >= 0 ? 1 : 0;
            }
        } catch (NoSuchFileException absent) {
            return false;
        }
        return segments > 1;
    }

    /** Whether something is known that the file does not say. */
    boolean undeclared() {
        return !stored && before > 0;
    }

    /**
     * Makes sure that the file is there, once the log has a closed segment, so that its absence tells that it was lost. The
     * caller holds the log's lock, so that no gap is written meanwhile; blocks the first time.
     */
    synchronized void declare(long logEndOffset) throws IOException {
        if (!stored) {
            store(Math.min(before, logEndOffset));
        }
    }

    private void store(long offset) throws IOException {
        WholeFile.replaceDurably(files, directory.resolve(GapsCheckpoint.FILE), new GapsCheckpoint(offset).encode());
        before = offset;
        stored = true;
    }

    /** A batch with a gap before it is about to be written at {@code base}: durable when it returns. May block. */
    void onGap(long base) throws IOException {
        if (base > before || !stored) {
            onFirstGap(base);
        }
    }

    private synchronized void onFirstGap(long base) throws IOException {
        long next = base > Long.MAX_VALUE - AHEAD ? Long.MAX_VALUE : (base + AHEAD) & -AHEAD;
        // Where nothing was known, all gaps so far lie before this one.
        store(before == Long.MAX_VALUE ? next : Math.max(before, next));
    }

    /** Gaps may lie before {@code offset} from now on; durable when it returns. May block. */
    synchronized void allow(long offset) throws IOException {
        if (offset > before) {
            store(offset);
        }
    }
}
