package io.thalweg.log;

import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.segment.Segment;
import java.io.IOException;

/**
 * Says which segments have had their time. Changes nothing; may block to read timestamps.
 *
 * @param highWatermark nothing from here on expires
 */
record Retention(LogConfig config, IndexCache indexes, long nowMillis, long highWatermark) {

    /** By its largest timestamp, which is read from its batches before it is believed. */
    boolean isTooOld(Segment segment) throws IOException {
        if (!config.delete() || config.retentionMillis() < 0) {
            return false;
        }
        long limit = nowMillis - config.retentionMillis();
        long largest = segment.largestTimestamp(indexes);
        if (largest < 0 || largest >= limit) {
            return false;
        }
        return segment.index() != null || indexes.readLargestTimestamp(segment) < limit;
    }

    /** How many of the oldest segments may go; never the last one, nor what the high watermark has not passed. */
    int expired(Segment[] all, long sizeBytes) throws IOException {
        long excess = config.delete() && config.retentionBytes() >= 0 ? sizeBytes - config.retentionBytes() : -1;
        int count = 0;
        while (count < all.length - 1 && all[count + 1].baseOffset() <= highWatermark) {
            Segment segment = all[count];
            if (excess < segment.sizeBytes() && !isTooOld(segment)) {
                break;
            }
            excess -= segment.sizeBytes();
            count++;
        }
        return count;
    }

    /** How many of the oldest segments lie wholly before {@code start}; never the last one. */
    static int beforeStart(Segment[] all, long start) {
        int count = 0;
        while (count < all.length - 1 && all[count + 1].baseOffset() <= start) {
            count++;
        }
        return count;
    }
}
