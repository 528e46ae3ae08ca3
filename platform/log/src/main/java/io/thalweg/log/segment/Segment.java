package io.thalweg.log.segment;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.AbortedTxn;
import io.thalweg.log.file.PooledFile;
import io.thalweg.log.record.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One file of a log. Changed under its log's lock; what readers need is published through the size. */
public final class Segment {

    private static final long UNKNOWN = -2;

    private final long baseOffset;
    private final PooledFile file;
    private final long createdMillis;

    /** Bytes of whole batches; what lies beyond in the file is not part of the log. */
    private volatile int sizeBytes;

    /** Offset after the last batch; of a segment that was not read, the base offset of the next one. */
    private volatile long nextOffset;

    /** In memory while the segment grows and until it is saved; later it comes from its files. */
    private volatile @Nullable SegmentIndex index;

    private volatile long largestTimestamp = -1;
    private volatile long offsetOfLargestTimestamp;
    private long firstTimestamp = -1;
    private int bytesSinceEntry;

    /** Something was written since the last flush began. */
    private volatile boolean dirty;

    /** By last offset; replaced, never changed. */
    private volatile List<AbortedTxn> aborted = List.of();

    /** In order; replaced, never changed. */
    private volatile List<Hole> holes = List.of();

    private volatile boolean deleted;

    private Segment(long baseOffset, PooledFile file, long createdMillis, int sizeBytes, long nextOffset) {
        this.baseOffset = baseOffset;
        this.file = file;
        this.createdMillis = createdMillis;
        this.sizeBytes = sizeBytes;
        this.nextOffset = nextOffset;
        this.offsetOfLargestTimestamp = baseOffset;
    }

    /** A segment that is empty, or is about to be read from its beginning. */
    public static Segment empty(long baseOffset, PooledFile file, long createdMillis) {
        Segment segment = new Segment(baseOffset, file, createdMillis, 0, baseOffset);
        segment.index = new SegmentIndex(baseOffset);
        return segment;
    }

    /** A closed segment whose content is trusted. */
    public static Segment closed(long baseOffset, PooledFile file, int sizeBytes, long nextOffset) {
        Segment segment = new Segment(baseOffset, file, 0, sizeBytes, nextOffset);
        segment.largestTimestamp = UNKNOWN;
        return segment;
    }

    public long baseOffset() {
        return baseOffset;
    }

    public PooledFile file() {
        return file;
    }

    public long createdMillis() {
        return createdMillis;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public long nextOffset() {
        return nextOffset;
    }

    public boolean dirty() {
        return dirty;
    }

    /** Said by whoever flushes, before it does. */
    public void clean() {
        dirty = false;
    }

    public void markDirty() {
        dirty = true;
    }

    public boolean deleted() {
        return deleted;
    }

    public void markDeleted() {
        deleted = true;
    }

    public List<AbortedTxn> aborted() {
        return aborted;
    }

    public void aborted(List<AbortedTxn> all) {
        aborted = List.copyOf(all);
    }

    public void addAborted(AbortedTxn txn) {
        List<AbortedTxn> all = new ArrayList<>(aborted);
        all.add(txn);
        aborted = List.copyOf(all);
    }

    public List<Hole> holes() {
        return holes;
    }

    public void holes(List<Hole> all) {
        holes = List.copyOf(all);
    }

    /** The index if it is in memory. */
    public @Nullable SegmentIndex index() {
        return index;
    }

    /** Begins with an index that was read, for a segment that goes on growing. */
    public void resume(SegmentIndex read, int atPosition, long atOffset) {
        index = read;
        sizeBytes = atPosition;
        nextOffset = atOffset;
        largestTimestamp = read.largestTimestamp();
        offsetOfLargestTimestamp = read.offsetOfLargestTimestamp();
    }

    /** The index is on disk: readers load it from there. */
    public void indexSaved() {
        index = null;
    }

    /** Adds the last entry of the time index; the segment grows no more. */
    public void completeIndex() {
        SegmentIndex growing = index;
        if (growing != null) {
            growing.addTime(largestTimestamp, offsetOfLargestTimestamp);
        }
    }

    /** The largest timestamp of a batch, -1 if there is none. */
    public long largestTimestamp(IndexCache indexes) throws IOException {
        long known = largestTimestamp;
        if (known == UNKNOWN) {
            SegmentIndex read = indexes.get(this);
            offsetOfLargestTimestamp = read.offsetOfLargestTimestamp();
            known = read.largestTimestamp();
            largestTimestamp = known;
        }
        return known;
    }

    /** Last offset of the batch that has {@link #largestTimestamp}, which must have been asked for. */
    public long offsetOfLargestTimestamp() {
        return offsetOfLargestTimestamp;
    }

    /** Timestamp of the first batch, -1 if it is not known. */
    public long firstTimestamp() {
        return firstTimestamp;
    }

    /** Whether a batch must go into a new segment. */
    public boolean isFullFor(
            int batchBytes,
            long lastOffset,
            long timestamp,
            int segmentBytesMax,
            int indexBytesMax,
            long ageMaxMillis) {
        if (sizeBytes == 0) {
            return false;
        }
        SegmentIndex growing = index;
        return sizeBytes > segmentBytesMax - batchBytes
                || lastOffset - baseOffset > Integer.MAX_VALUE
                || (growing != null
                        && (growing.count() >= indexBytesMax / SegmentIndex.OFFSET_ENTRY_BYTES
                                || growing.timeCount() >= indexBytesMax / SegmentIndex.TIME_ENTRY_BYTES))
                || (timestamp >= 0 && firstTimestamp >= 0 && timestamp - firstTimestamp > ageMaxMillis);
    }

    /** Appends the batches in {@code [from, to)} of {@code memory} in one write. */
    public void append(ByteBuffer memory, int from, int to, int indexIntervalBytes) throws IOException {
        int position = sizeBytes;
        FileHandle handle = file.acquire();
        try {
            dirty = true;
            handle.write(memory.slice(from, to - from), position);
        } finally {
            file.release();
        }
        for (int at = from; at < to; ) {
            int size = BatchHeader.sizeInBytes(memory, at);
            onBatch(memory, at, size, position + at - from, indexIntervalBytes);
            at += size;
        }
        sizeBytes = position + to - from;
    }

    /** Notes a batch that lies in the file at {@code position}. */
    public void onBatch(ByteBuffer memory, int at, int size, int position, int indexIntervalBytes) {
        long lastOffset = BatchHeader.lastOffset(memory, at);
        long timestamp = BatchHeader.maxTimestamp(memory, at);
        if (firstTimestamp < 0 && position == 0) {
            firstTimestamp = timestamp;
        }
        if (timestamp > largestTimestamp) {
            largestTimestamp = timestamp;
            offsetOfLargestTimestamp = lastOffset;
        }
        SegmentIndex growing = index;
        if (growing != null && bytesSinceEntry > indexIntervalBytes) {
            growing.add(lastOffset, position);
            growing.addTime(largestTimestamp, offsetOfLargestTimestamp);
            bytesSinceEntry = 0;
        }
        bytesSinceEntry += size;
        nextOffset = lastOffset + 1;
    }

    /** Sets what was found by reading. */
    public void found(int validBytes) {
        sizeBytes = validBytes;
    }

    /** The size in an index entry's sense: positions are below it. */
    public void checkInvariants() {
        SegmentIndex growing = index;
        if (growing != null && growing.count() > 0) {
            if (growing.lastPosition() >= sizeBytes) {
                throw new IllegalStateException("index entry beyond the segment: position=" + growing.lastPosition()
                        + " sizeBytes=" + sizeBytes + " file=" + file.path());
            }
            if (growing.lastOffset() >= nextOffset) {
                throw new IllegalStateException("index entry beyond the segment: offset=" + growing.lastOffset()
                        + " nextOffset=" + nextOffset + " file=" + file.path());
            }
        }
        if (nextOffset < baseOffset) {
            throw new IllegalStateException("nextOffset=" + nextOffset + " baseOffset=" + baseOffset);
        }
    }
}
