package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.segment.BatchScanner;
import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes the end off a log's files. Called under the log's lock; flushes nothing. */
final class SegmentCutter {

    private static final List<String> ALL = List.of(
            SegmentFiles.LOG,
            SegmentFiles.INDEX,
            SegmentFiles.TIME_INDEX,
            SegmentFiles.TXN_INDEX,
            SegmentFiles.SNAPSHOT,
            SegmentFiles.LOG + SegmentFiles.SWAP);

    private final FileSystem files;
    private final IndexCache indexes;
    private final Path path;

    /** @param path the log's directory */
    SegmentCutter(FileSystem files, IndexCache indexes, Path path) {
        this.files = files;
        this.indexes = indexes;
        this.path = path;
    }

    /**
     * Where a cut goes.
     *
     * @param keep how many segments stay, the last one of them shortened
     * @param position the first byte of that one that goes
     * @param nextOffset behind the last batch that stays
     */
    record Place(int keep, int position, long nextOffset) {}

    /**
     * Finds out what a cut will leave; changes nothing.
     *
     * @param sound the segments are as they were written: an index may be followed
     */
    Place place(Segment[] now, long offset, boolean sound) throws IOException {
        int keep = now.length;
        while (keep > 1 && now[keep - 1].baseOffset() >= offset) {
            keep--;
        }
        if (keep == 0) {
            return new Place(0, 0, offset);
        }
        Segment last = now[keep - 1];
        FileHandle handle = last.file().acquire();
        try {
            int size = (int) handle.size();
            int indexed = sound ? Math.min(size, indexes.get(last).positionBefore(offset - 1)) : 0;
            Place found = place(keep, last.baseOffset(), handle, indexed, offset);
            // Without a batch there the index is wrong.
            return found.position() > indexed || indexed == 0
                    ? found
                    : place(keep, last.baseOffset(), handle, 0, offset);
        } finally {
            last.file().release();
        }
    }

    private static Place place(int keep, long baseOffset, FileHandle handle, int from, long offset) throws IOException {
        int size = (int) handle.size();
        int position = from;
        long[] next = {baseOffset};
        BatchScanner scanner = new BatchScanner(handle, size);
        boolean[] stopped = {false};
        while (position < size) {
            position = scanner.scan(position, next[0], Long.MAX_VALUE, (buffer, at, bytes, found) -> {
                if (BatchHeader.lastOffset(buffer, at) >= offset) {
                    stopped[0] = true;
                    return false;
                }
                next[0] = BatchHeader.lastOffset(buffer, at) + 1;
                return true;
            });
            int beyond = stopped[0] || position >= size ? -1 : scanner.find(position + 1, next[0]);
            if (beyond < 0 || baseAt(handle, beyond) >= offset) {
                break;
            }
            position = beyond;
        }
        return new Place(keep, position, next[0]);
    }

    /**
     * Removes whole segments and the end of one, so that no batch reaches {@code offset}.
     *
     * @return the segments that are left; the last one was read again, and its index grows again
     */
    Segment[] cut(Segment[] now, long offset, boolean sound, int indexIntervalBytes) throws IOException {
        Place place = place(now, offset, sound);
        int keep = place.keep();
        for (int i = now.length - 1; i >= keep; i--) {
            remove(now[i]);
        }
        if (keep == 0) {
            return now;
        }
        Segment last = now[keep - 1];
        FileHandle handle = last.file().acquire();
        try {
            handle.truncate(place.position());
        } finally {
            last.file().release();
        }
        last.markDirty();
        for (String suffix : List.of(SegmentFiles.INDEX, SegmentFiles.TIME_INDEX)) {
            files.delete(SegmentFiles.path(path, last.baseOffset(), suffix));
        }
        Segment[] fewer = Arrays.copyOf(now, keep);
        fewer[keep - 1] = rereadLast(last, indexIntervalBytes);
        indexes.forget(last);
        return fewer;
    }

    private static long baseAt(FileHandle handle, int position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
        handle.read(bytes, position);
        return bytes.getLong(0);
    }

    /** The segment as its cut file has it, with an index that grows again. */
    private static Segment rereadLast(Segment last, int interval) throws IOException {
        Segment fresh = Segment.empty(last.baseOffset(), last.file(), last.createdMillis());
        FileHandle handle = last.file().acquire();
        try {
            int size = (int) handle.size();
            int end = new BatchScanner(handle, size)
                    .scan(0, last.baseOffset(), Long.MAX_VALUE, (buffer, at, bytes, position) -> {
                        fresh.onBatch(buffer, at, bytes, position, interval);
                        return true;
                    });
            fresh.found(end);
        } finally {
            last.file().release();
        }
        List<AbortedTxn> aborted = new ArrayList<>(last.aborted());
        aborted.removeIf(txn -> txn.lastOffset() >= fresh.nextOffset());
        fresh.aborted(aborted);
        fresh.markDirty();
        return fresh;
    }

    /** Deletes every segment with what belongs to it, known or not; makes that durable. */
    void removeAll() throws IOException {
        for (String name : files.list(path)) {
            if (ALL.stream().anyMatch(suffix -> SegmentFiles.offset(name, suffix) >= 0)) {
                files.delete(path.resolve(name));
            }
        }
        files.syncDirectory(path);
    }

    void remove(Segment segment) throws IOException {
        segment.markDeleted();
        indexes.forget(segment);
        for (String suffix :
                List.of(SegmentFiles.LOG, SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TXN_INDEX)) {
            files.delete(SegmentFiles.path(path, segment.baseOffset(), suffix));
        }
        segment.file().close();
    }
}
