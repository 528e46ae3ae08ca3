package io.thalweg.log.recovery;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.segment.BatchScanner;
import io.thalweg.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The files in a log's directory, once what a crash left half done is completed or removed. Blocks. */
final class FoundFiles {

    private static final List<String> OF_SEGMENT =
            List.of(SegmentFiles.LOG, SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TXN_INDEX);

    private final FileSystem files;
    private final Path directory;
    private final List<String> repaired;
    private final NavigableMap<Long, Path> snapshots = new TreeMap<>();

    /** @param repaired takes what was done, for the operator's log */
    FoundFiles(FileSystem files, Path directory, List<String> repaired) {
        this.files = files;
        this.directory = directory;
        this.repaired = repaired;
    }

    /** Producer snapshots by the offset that they are for; known once {@link #list} ran. */
    NavigableMap<Long, Path> snapshots() {
        return snapshots;
    }

    /** Lists the base offsets of the segments, notes the snapshots and removes what a crash left half done. */
    List<Long> list() throws IOException {
        List<Long> bases = new ArrayList<>();
        List<String> names = files.list(directory);
        if (completeSwaps(names)) {
            names = files.list(directory);
        }
        for (String name : names) {
            if (name.endsWith(SegmentFiles.DELETED)
                    || name.endsWith(SegmentFiles.CLEANED)
                    || name.endsWith(WholeFile.TEMPORARY_SUFFIX)) {
                files.delete(directory.resolve(name));
                continue;
            }
            long base = SegmentFiles.offset(name, SegmentFiles.LOG);
            if (base >= 0) {
                bases.add(base);
            }
            long offset = SegmentFiles.offset(name, SegmentFiles.SNAPSHOT);
            if (offset >= 0) {
                snapshots.put(offset, directory.resolve(name));
            }
        }
        return bases;
    }

    /**
     * A segment named {@code .log.swap} is compacted, durable, and takes the place of those that it covers: up to the
     * first original that begins after its last batch.
     *
     * @return whether there was one
     */
    private boolean completeSwaps(List<String> names) throws IOException {
        String suffix = SegmentFiles.LOG + SegmentFiles.SWAP;
        boolean found = false;
        for (String name : names) {
            long base = SegmentFiles.offset(name, suffix);
            if (base < 0) {
                continue;
            }
            Path swap = directory.resolve(name);
            long last = lastOffset(swap, base);
            for (String other : files.list(directory)) {
                long otherBase = SegmentFiles.offset(other, SegmentFiles.LOG);
                if (otherBase >= base && otherBase <= last) {
                    delete(otherBase);
                }
            }
            // None of them may come back once the name that says what it replaces is gone.
            files.syncDirectory(directory);
            files.rename(swap, SegmentFiles.path(directory, base, SegmentFiles.LOG));
            files.syncDirectory(directory);
            repaired.add("compaction completed: baseOffset=" + base);
            found = true;
        }
        return found;
    }

    private long lastOffset(Path segment, long base) throws IOException {
        long[] last = {base - 1};
        try (FileHandle handle = files.openForRead(segment)) {
            new BatchScanner(handle, (int) handle.size())
                    .scan(0, base, Long.MAX_VALUE, (buffer, at, size, position) -> {
                        last[0] = BatchHeader.lastOffset(buffer, at);
                        return true;
                    });
        }
        return last[0];
    }

    private void delete(long base) throws IOException {
        for (String suffix : OF_SEGMENT) {
            files.delete(SegmentFiles.path(directory, base, suffix));
        }
    }

    /** Deletes these segments with what belongs to them; durable when it returns. */
    void removeSegments(List<Long> bases) throws IOException {
        for (long base : bases) {
            delete(base);
        }
        if (!bases.isEmpty()) {
            // Else one may come back after a power cut, when the segment before it has grown over its offsets.
            files.syncDirectory(directory);
        }
    }

    void removeSnapshotsBeyond(long offset) throws IOException {
        for (Path beyond : snapshots.tailMap(offset, false).values()) {
            files.delete(beyond);
        }
    }
}
