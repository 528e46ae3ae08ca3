package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.DecodedRecord;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.log.record.RecordVisitor;
import io.thalweg.log.segment.BatchScanner;
import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentIndex;
import io.thalweg.log.segment.SegmentReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads from segment files, by offset and by time. Stateless; works on a snapshot of the segments. */
final class LogReader {

    private final IndexCache indexes;

    LogReader(IndexCache indexes) {
        this.indexes = indexes;
    }

    /** Index of the last segment that begins at or before {@code offset}; 0 if all begin later. */
    static int floor(Segment[] segments, long offset) {
        int low = 0;
        int high = segments.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** A region that begins with the batch that holds {@code offset} or the next one that exists before {@code limit}. */
    LogRead read(Segment[] segments, long offset, int maxBytes, long limit, boolean minOneBatch) throws IOException {
        for (int i = floor(segments, offset); i < segments.length && segments[i].baseOffset() < limit; i++) {
            LogRead found = read(segments[i], offset, maxBytes, limit, minOneBatch);
            if (found != null) {
                return found;
            }
        }
        return new LogRead(RecordSlices.EMPTY, Math.max(offset, limit));
    }

    private @Nullable LogRead read(Segment segment, long offset, int maxBytes, long limit, boolean minOneBatch)
            throws IOException {
        SegmentIndex index = indexes.get(segment);
        FileHandle handle = segment.file().acquire();
        boolean leased = true;
        try {
            SegmentReader.Found found;
            try {
                found = new SegmentReader(segment, index, handle).read(offset, maxBytes, limit, minOneBatch);
            } catch (SegmentReader.WrongIndexException wrong) {
                if (segment.index() != null) {
                    throw wrong;
                }
                found = new SegmentReader(segment, indexes.replace(segment), handle)
                        .read(offset, maxBytes, limit, minOneBatch);
            }
            if (found == null) {
                return null;
            }
            if (found.length() == 0) {
                return new LogRead(RecordSlices.EMPTY, found.nextOffset());
            }
            leased = false;
            return new LogRead(
                    new FileSlices(segment.file(), handle, found.position(), found.length()), found.nextOffset());
        } finally {
            if (leased) {
                segment.file().release();
            }
        }
    }

    /** The first record at or after {@code from} whose timestamp is at least {@code timestamp}, or NONE. */
    TimestampOffset offsetForTimestamp(Segment[] segments, long timestamp, long from, long limit) throws IOException {
        for (Segment segment : segments) {
            if (segment.nextOffset() <= from || segment.largestTimestamp(indexes) < timestamp) {
                continue;
            }
            TimestampOffset found = find(segment, timestamp, Math.max(from, segment.baseOffset()), limit);
            if (found != null) {
                return found;
            }
        }
        return TimestampOffset.NONE;
    }

    /** The first record that has the largest timestamp, or NONE. */
    TimestampOffset maxTimestamp(Segment[] segments, long from, long limit) throws IOException {
        long largest = -1;
        for (Segment segment : segments) {
            if (segment.nextOffset() > from) {
                largest = Math.max(largest, segment.largestTimestamp(indexes));
            }
        }
        return largest < 0 ? TimestampOffset.NONE : offsetForTimestamp(segments, largest, from, limit);
    }

    private @Nullable TimestampOffset find(Segment segment, long timestamp, long from, long limit) throws IOException {
        SegmentIndex index = indexes.get(segment);
        FileHandle handle = segment.file().acquire();
        try {
            int start = new SegmentReader(segment, index, handle).locate(Math.max(from, index.offsetBefore(timestamp)));
            if (start < 0) {
                return null;
            }
            TimestampOffset[] found = new TimestampOffset[1];
            new BatchScanner(handle, segment.sizeBytes())
                    .scan(start, segment.baseOffset(), Long.MAX_VALUE, (buffer, at, size, position) -> {
                        if (BatchHeader.baseOffset(buffer, at) >= limit) {
                            return false;
                        }
                        if (BatchHeader.maxTimestamp(buffer, at) >= timestamp) {
                            found[0] = findInBatch(handle, position, size, timestamp, from);
                        }
                        return found[0] == null;
                    });
            return found[0];
        } finally {
            segment.file().release();
        }
    }

    private static @Nullable TimestampOffset findInBatch(
            FileHandle handle, int position, int size, long timestamp, long from) throws IOException {
        ByteBuffer batch = ByteBuffer.allocate(size);
        handle.read(batch, position);
        FirstSince found = new FirstSince(timestamp, from, BatchHeader.leaderEpoch(batch, 0));
        RecordReader.forEach(batch.flip(), ReadLimits.defaults(), found);
        return found.record;
    }

    /** Markers count as records here, as they do with Kafka: a place in the log has a time whatever lies there. */
    private static final class FirstSince implements RecordVisitor {
        private final long timestamp;
        private final long from;
        private final int leaderEpoch;
        private @Nullable TimestampOffset record;

        FirstSince(long timestamp, long from, int leaderEpoch) {
            this.timestamp = timestamp;
            this.from = from;
            this.leaderEpoch = leaderEpoch;
        }

        @Override
        public boolean onBatch(BatchHeader batch) {
            return true;
        }

        @Override
        public boolean onRecord(DecodedRecord decoded) {
            if (decoded.timestamp() < timestamp || decoded.offset() < from) {
                return true;
            }
            record = new TimestampOffset(decoded.timestamp(), decoded.offset(), leaderEpoch);
            return false;
        }
    }
}
