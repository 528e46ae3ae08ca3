package io.thalweg.log;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentReader;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a log: from memory while it is hot, from the segments as they are at the moment otherwise. Any thread; takes no
 * lock. The log's offsets are known, and it is open for whatever may block.
 */
final class LogReads {

    private final LogState log;
    private final LogOffsets offsets;
    private final LogReader reader;

    LogReads(LogState log) {
        this.log = log;
        this.offsets = log.offsets;
        this.reader = new LogReader(log.host.indexes());
    }

    /** See {@link PartitionLog#readTail}. */
    @Nullable
    LogRead tail(long offset, int maxBytes, long upTo, boolean minOneBatch) {
        if (!log.known) {
            return null;
        }
        long limit = limit(offset, upTo);
        if (offset >= limit) {
            return new LogRead(RecordSlices.EMPTY, offset);
        }
        return log.tail.read(offset, maxBytes, limit, minOneBatch);
    }

    private long limit(long offset, long upTo) {
        long end = offsets.logEnd;
        log.checkNotDeleted();
        if (offset < offsets.logStart || offset > end) {
            throw new ThalwegException(
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "offset is not in the log: log=" + log.id + " offset=" + offset + " logStartOffset="
                            + offsets.logStart + " logEndOffset=" + end);
        }
        return Math.min(upTo, end);
    }

    /** See {@link PartitionLog#read}. Blocks. */
    LogRead read(long offset, int maxBytes, long upTo, boolean minOneBatch) throws IOException {
        LogRead inMemory = tail(offset, maxBytes, upTo, minOneBatch);
        if (inMemory != null) {
            return inMemory;
        }
        return retrying(() -> reader.read(log.segments.all(), offset, maxBytes, limit(offset, upTo), minOneBatch));
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** A segment may be deleted or replaced while it is being opened: then the segments are looked up again. */
    private <T> T retrying(Reading<T> reading) throws IOException {
        NoSuchFileException last = null;
        for (int attempt = 0; attempt < 3; attempt++) {
            try {
                return reading.read();
            } catch (NoSuchFileException replaced) {
                last = replaced;
            } catch (SegmentReader.WrongIndexException damaged) {
                throw new ThalwegException(
                        ErrorCode.KAFKA_STORAGE_ERROR,
                        "log is damaged: log=" + log.id + ": " + damaged.getMessage(),
                        damaged);
            }
        }
        throw last == null ? new IOException("segment cannot be opened: log=" + log.id) : last;
    }

    /** See {@link PartitionLog#offsetForTimestamp}. Blocks. */
    TimestampOffset offsetForTimestamp(long timestamp) throws IOException {
        return retrying(
                () -> reader.offsetForTimestamp(log.segments.all(), timestamp, offsets.logStart, offsets.logEnd));
    }

    /** See {@link PartitionLog#maxTimestamp}. Blocks. */
    TimestampOffset maxTimestamp() throws IOException {
        return retrying(() -> reader.maxTimestamp(log.segments.all(), offsets.logStart, offsets.logEnd));
    }

    /**
     * The aborted transactions with records or markers in {@code [from, upTo)}, by first offset. From the end back, because
     * those who read the tail need nothing of the segments before it.
     */
    List<AbortedTxn> aborted(long from, long upTo) {
        Segment[] all = log.segments.all();
        List<AbortedTxn> found = List.of();
        for (int i = all.length - 1; i >= 0 && all[i].nextOffset() > from; i--) {
            for (AbortedTxn txn : all[i].aborted()) {
                if (txn.lastOffset() >= from && txn.firstOffset() < upTo) {
                    if (found.isEmpty()) {
                        found = new ArrayList<>();
                    }
                    found.add(txn);
                }
            }
        }
        if (found.size() > 1) {
            found.sort(Comparator.comparingLong(AbortedTxn::firstOffset));
        }
        return found;
    }
}
