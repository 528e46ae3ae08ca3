package io.thalweg.log.segment;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.record.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Finds whole batches in a segment's file with as few reads as its index allows. */
public final class SegmentReader {

    private static final int WINDOW_BYTES = 8 << 10;

    /**
     * Bytes of a segment.
     *
     * @param length 0 if the first batch is larger than asked for
     * @param nextOffset where to read on
     */
    public record Found(int position, int length, long nextOffset) {}

    private final Segment segment;
    private final SegmentIndex index;
    private final FileHandle handle;
    private final int size;

    // What the last walk saw.
    private int position;
    private long nextOffset;
    private boolean any;

    /** @param handle of the segment's file, leased by the caller */
    public SegmentReader(Segment segment, SegmentIndex index, FileHandle handle) {
        this.segment = segment;
        this.index = index;
        this.handle = handle;
        this.size = segment.sizeBytes();
    }

    /** Where the batch that holds {@code offset}, or the next one, begins; -1 if all end before it. */
    public int locate(long offset) throws IOException {
        int from = index.positionBefore(offset);
        while (true) {
            int end = holeAfter(from);
            boolean found = walk(from, end, (lastOffset, at, bytes) -> lastOffset < offset);
            if (found) {
                return position;
            }
            if (end == size) {
                return -1;
            }
            from = holeEnd(end);
        }
    }

    /** Whole batches from the one that holds {@code offset} on; null if all end before it. */
    public @Nullable Found read(long offset, int maxBytes, long upTo, boolean minOneBatch) throws IOException {
        int start = locate(offset);
        if (start < 0) {
            return null;
        }
        int hole = holeAfter(start);
        long wanted = Math.min((long) start + Math.max(maxBytes, 0), hole);
        int from = Math.max(start, Math.min(index.boundaryBefore(wanted), index.positionBefore(upTo)));
        nextOffset = offset;
        walk(from, hole, (lastOffset, at, bytes) -> {
            boolean first = at == start;
            return lastOffset < upTo && (at + (long) bytes <= wanted || (first && minOneBatch));
        });
        return new Found(start, position - start, Math.max(nextOffset, offset));
    }

    private interface Wish {
        /** Whether to go on past this batch. */
        boolean past(long lastOffset, int position, int bytes);
    }

    /** Walks while the wish goes on; true if it stopped at a batch, which is then at {@link #position}. */
    private boolean walk(int from, int end, Wish wish) throws IOException {
        position = from;
        any = false;
        BatchScanner scanner = new BatchScanner(handle, end, WINDOW_BYTES);
        int stopped = scanner.scan(
                from, segment.baseOffset(), Long.MAX_VALUE, (ByteBuffer buffer, int at, int bytes, int found) -> {
                    long lastOffset = BatchHeader.lastOffset(buffer, at);
                    position = found;
                    if (!wish.past(lastOffset, found, bytes)) {
                        nextOffset = BatchHeader.baseOffset(buffer, at);
                        any = true;
                        return false;
                    }
                    nextOffset = lastOffset + 1;
                    position = found + bytes;
                    return true;
                });
        if (!any && stopped < end) {
            throw new WrongIndexException("no batch where one should be: file="
                    + segment.file().path() + " position=" + stopped + " end=" + end);
        }
        return any;
    }

    private int holeAfter(int from) {
        for (Hole hole : segment.holes()) {
            if (hole.position() >= from) {
                return hole.position();
            }
        }
        return size;
    }

    private int holeEnd(int at) {
        for (Hole hole : segment.holes()) {
            if (hole.position() == at) {
                return hole.end();
            }
        }
        return size;
    }

    /** The way in led to bytes that are no batch: the index or the segment is damaged. */
    public static final class WrongIndexException extends IOException {
        WrongIndexException(String message) {
            super(message);
        }
    }
}
