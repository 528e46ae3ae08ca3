package io.thalweg.log.segment;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.record.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The indexes of closed segments, loaded when they are asked for; rebuilt from the log when their files are no good. */
public final class IndexCache {

    private static final int INTERVAL_BYTES = 4096;
    private static final int TAIL_WINDOW_BYTES = 16 << 10;

    /** More than this, in several batches, is never left without an entry at Kafka's default interval. */
    private static final int UNINDEXED_BYTES_MAX = 1 << 20;

    private final FileSystem files;
    private final long bytesMax;

    /** In order of use; guarded by itself. */
    private final Map<Segment, SegmentIndex> loaded = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    public IndexCache(FileSystem files, long bytesMax) {
        this.files = files;
        this.bytesMax = bytesMax;
    }

    /** The index of {@code segment}; blocks if it must be loaded. */
    public SegmentIndex get(Segment segment) throws IOException {
        SegmentIndex growing = segment.index();
        if (growing != null) {
            return growing;
        }
        synchronized (loaded) {
            SegmentIndex known = loaded.get(segment);
            if (known != null) {
                return known;
            }
        }
        // The files of a segment that was replaced are those of its successor.
        SegmentIndex read = segment.deleted() ? null : read(segment);
        if (read == null) {
            read = rebuild(segment);
            try {
                save(segment, read);
            } catch (IOException unwritable) {
                // A cache that cannot be written costs the next start the same reading; nothing else.
            }
        }
        put(segment, read);
        return read;
    }

    private void put(Segment segment, SegmentIndex read) {
        synchronized (loaded) {
            SegmentIndex previous = loaded.put(segment, read);
            bytes += read.bytes() - (previous == null ? 0 : previous.bytes());
            Iterator<SegmentIndex> oldestFirst = loaded.values().iterator();
            while (bytes > bytesMax && loaded.size() > 1) {
                bytes -= oldestFirst.next().bytes();
                oldestFirst.remove();
            }
        }
    }

    /** Forgets a segment that was deleted. */
    public void forget(Segment segment) {
        synchronized (loaded) {
            SegmentIndex known = loaded.remove(segment);
            if (known != null) {
                bytes -= known.bytes();
            }
        }
    }

    /** Discards what is loaded and on disk, because a look-up showed that it is wrong, and reads the segment. */
    public SegmentIndex replace(Segment segment) throws IOException {
        SegmentIndex fresh = rebuild(segment);
        put(segment, fresh);
        try {
            save(segment, fresh);
        } catch (IOException unwritable) {
            // As above: only a cache.
        }
        return fresh;
    }

    /** Writes the index files of a segment that no longer grows. */
    public void save(Segment segment, SegmentIndex index) throws IOException {
        if (segment.deleted()) {
            return;
        }
        WholeFile.replaceDurably(files, sibling(segment, SegmentFiles.INDEX), index.offsetFile());
        WholeFile.replaceDurably(files, sibling(segment, SegmentFiles.TIME_INDEX), index.timeFile());
    }

    private static Path sibling(Segment segment, String suffix) {
        return segment.file().path().resolveSibling(SegmentFiles.name(segment.baseOffset(), suffix));
    }

    /** What the index files say; null if they are missing or cannot be those of the segment. */
    public @Nullable SegmentIndex read(Segment segment) throws IOException {
        return read(segment, segment.sizeBytes());
    }

    public @Nullable SegmentIndex read(Segment segment, int segmentBytes) throws IOException {
        try {
            ByteBuffer offsets = WholeFile.read(files, sibling(segment, SegmentFiles.INDEX));
            ByteBuffer times = WholeFile.read(files, sibling(segment, SegmentFiles.TIME_INDEX));
            // A closed segment with a timestamp has at least one entry by time; both empty says nothing about a large
            // one.
            if (segmentBytes > 4 * INTERVAL_BYTES && times.remaining() == 0 && offsets.remaining() == 0) {
                return null;
            }
            SegmentIndex parsed = SegmentIndex.parse(segment.baseOffset(), segmentBytes, offsets, times);
            return parsed != null && reachesEnd(segment, segmentBytes, parsed) ? parsed : null;
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    /**
     * Whether the index is not cut short: few bytes follow its last entry, and no later timestamp than its last. What has
     * to be read for that is next to nothing when timestamps grow with offsets, as they mostly do.
     */
    private static boolean reachesEnd(Segment segment, int segmentBytes, SegmentIndex index) throws IOException {
        long largest = index.largestTimestamp();
        int from = Math.min(index.lastPosition(), index.positionBefore(index.offsetOfLargestTimestamp()));
        boolean[] good = {true};
        FileHandle handle = segment.file().acquire();
        try {
            int[] batches = {0};
            new BatchScanner(handle, segmentBytes, TAIL_WINDOW_BYTES)
                    .scan(from, segment.baseOffset(), Long.MAX_VALUE, (buffer, at, size, position) -> {
                        if (position > index.lastPosition()) {
                            batches[0]++;
                        }
                        boolean far = batches[0] > 2 && position - index.lastPosition() > UNINDEXED_BYTES_MAX;
                        good[0] = BatchHeader.maxTimestamp(buffer, at) <= largest && !far;
                        return good[0];
                    });
        } finally {
            segment.file().release();
        }
        return good[0];
    }

    /**
     * The largest timestamp of a segment as its batches have it: an index is good for finding, but nothing is deleted on
     * its word.
     */
    public long readLargestTimestamp(Segment segment) throws IOException {
        return rebuild(segment).largestTimestamp();
    }

    private SegmentIndex rebuild(Segment segment) throws IOException {
        Segment scratch = Segment.empty(segment.baseOffset(), segment.file(), 0);
        FileHandle handle = segment.file().acquire();
        try {
            int position = 0;
            for (Hole hole : segment.holes()) {
                read(scratch, handle, position, hole.position());
                position = hole.end();
            }
            read(scratch, handle, position, segment.sizeBytes());
        } finally {
            segment.file().release();
        }
        scratch.completeIndex();
        SegmentIndex rebuilt = scratch.index();
        return rebuilt == null ? new SegmentIndex(segment.baseOffset()) : rebuilt;
    }

    private static void read(Segment scratch, FileHandle handle, int from, int end) throws IOException {
        BatchScanner scanner = new BatchScanner(handle, end);
        int position = from;
        while (position >= 0 && position < end) {
            int stopped = scanner.scan(position, scratch.nextOffset(), Long.MAX_VALUE, (buffer, at, size, found) -> {
                scratch.onBatch(buffer, at, size, found, INTERVAL_BYTES);
                return true;
            });
            position = stopped >= end ? stopped : scanner.find(stopped + 1, scratch.nextOffset());
        }
    }

    public void checkInvariants() {
        synchronized (loaded) {
            long sum = 0;
            for (SegmentIndex index : loaded.values()) {
                sum += index.bytes();
            }
            if (sum != bytes) {
                throw new IllegalStateException("index cache: bytes=" + bytes + " sum=" + sum);
            }
        }
    }
}
