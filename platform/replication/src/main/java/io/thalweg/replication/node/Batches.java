package io.thalweg.replication.node;

import io.thalweg.log.record.BatchHeader;
import io.thalweg.replication.LogPosition;
import java.nio.ByteBuffer;

/** Whole record batches as they travel from log to log; looks at their headers alone. */
final class Batches {

    private Batches() {}

    /**
     * Where a log ends that has these behind {@code start}.
     *
     * @param epochMax of the leader that sends them: none of them can be of a later one
     * @throws MalformedFrame if they are not whole batches, do not continue a log that ends at {@code start}, or are of an
     *     epoch that they cannot be of
     */
    static LogPosition endOf(ByteBuffer batches, LogPosition start, int epochMax) throws MalformedFrame {
        long offset = start.offset();
        int epoch = start.epoch();
        int at = batches.position();
        while (at < batches.limit()) {
            int left = batches.limit() - at;
            int size = left < BatchHeader.BYTES ? -1 : BatchHeader.sizeInBytes(batches, at);
            if (size < BatchHeader.BYTES || size > left) {
                throw new MalformedFrame("batch refused: size=" + size + " of " + left + " bytes");
            }
            long base = BatchHeader.baseOffset(batches, at);
            int delta = BatchHeader.lastOffsetDelta(batches, at);
            int ofEpoch = BatchHeader.leaderEpoch(batches, at);
            // Compaction leaves gaps, so a batch may begin later than the one before ended.
            if (base < offset || delta < 0 || base + delta + 1 < 0 || ofEpoch < epoch || ofEpoch > epochMax) {
                throw new MalformedFrame("batch refused: baseOffset=" + base + " lastOffsetDelta=" + delta + " epoch="
                        + ofEpoch + " behind offset=" + offset + " epoch=" + epoch + " of a leader in epoch="
                        + epochMax);
            }
            offset = base + delta + 1;
            epoch = ofEpoch;
            at += size;
        }
        return new LogPosition(epoch, offset);
    }
}
