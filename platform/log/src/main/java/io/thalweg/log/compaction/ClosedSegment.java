package io.thalweg.log.compaction;

import java.nio.file.Path;

/**
 * A segment that nobody appends to any more.
 *
 * @param nextOffset the base offset of the next segment
 * @param sizeInBytes sound bytes; nothing beyond is read
 * @param firstTimestamp of its first batch, -1 for none
 * @param largestTimestamp of its records, -1 for none
 */
public record ClosedSegment(
        Path file, long baseOffset, long nextOffset, int sizeInBytes, long firstTimestamp, long largestTimestamp) {

    public ClosedSegment {
        if (baseOffset < 0 || nextOffset < baseOffset || sizeInBytes < 0) {
            throw new IllegalArgumentException("bad segment: baseOffset=" + baseOffset + " nextOffset=" + nextOffset
                    + " sizeInBytes=" + sizeInBytes);
        }
    }
}
