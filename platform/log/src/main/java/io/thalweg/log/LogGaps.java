package io.thalweg.log;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.GapsCheckpoint;
import io.thalweg.log.file.WholeFile;
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

    LogGaps(FileSystem files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Gaps lie before this offset only. */
    long before() {
        return before;
    }

    /**
     * Reads the file. If it is damaged, gaps may be anywhere. Blocks.
     *
     * @param compactedBefore what is known from elsewhere
     */
    void load(long compactedBefore) throws IOException {
        long read = 0;
        try {
            GapsCheckpoint found = GapsCheckpoint.decode(WholeFile.read(files, directory.resolve(GapsCheckpoint.FILE)));
            read = found == null ? Long.MAX_VALUE : found.before();
        } catch (NoSuchFileException none) {
            // There are none, as far as this file goes.
        }
        synchronized (this) {
            before = Math.max(before, Math.max(read, compactedBefore));
        }
    }

    /** A batch with a gap before it is about to be written at {@code base}: durable when it returns. May block. */
    void onGap(long base) throws IOException {
        if (base > before) {
            allow(base > Long.MAX_VALUE - AHEAD ? Long.MAX_VALUE : (base + AHEAD) & -AHEAD);
        }
    }

    /** Gaps may lie before {@code offset} from now on; durable when it returns. May block. */
    synchronized void allow(long offset) throws IOException {
        if (offset > before) {
            WholeFile.replaceDurably(
                    files, directory.resolve(GapsCheckpoint.FILE), new GapsCheckpoint(offset).encode());
            before = offset;
        }
    }
}
