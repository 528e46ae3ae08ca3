package io.thalweg.log.compaction;

import java.util.ArrayList;
import java.util.List;

/**
 * What of a log can be compacted now, and whether it is worth it.
 *
 * @param segments all segments from the beginning up to the end of what may be compacted; none if nothing may be
 * @param firstDirtyOffset where the last run ended
 * @param endOffset where this run ends at the latest
 * @param dirtyRatio share of bytes from the first dirty offset on, 0 to 1
 * @param overdue something has waited longer than it may
 */
public record CompactionPlan(
        List<ClosedSegment> segments, long firstDirtyOffset, long endOffset, double dirtyRatio, boolean overdue) {

    public CompactionPlan {
        segments = List.copyOf(segments);
    }

    /**
     * Looks at the closed segments of a log.
     *
     * @param closed in order, without the active one
     * @param firstDirtyOffset where the last run ended; moved up to the beginning of the log if it lies before it
     * @param stableOffset the lower of last stable offset and high watermark
     */
    public static CompactionPlan of(
            List<ClosedSegment> closed,
            long firstDirtyOffset,
            long stableOffset,
            long minCompactionLagMillis,
            long maxCompactionLagMillis,
            long nowMillis) {
        List<ClosedSegment> segments = new ArrayList<>();
        for (ClosedSegment segment : closed) {
            boolean young =
                    minCompactionLagMillis > 0 && segment.largestTimestamp() > nowMillis - minCompactionLagMillis;
            if (segment.nextOffset() > stableOffset || (young && segment.nextOffset() > firstDirtyOffset)) {
                break;
            }
            segments.add(segment);
        }
        long begin = segments.isEmpty() ? firstDirtyOffset : segments.get(0).baseOffset();
        long end = segments.isEmpty()
                ? firstDirtyOffset
                : segments.get(segments.size() - 1).nextOffset();
        long dirtyFrom = Math.max(begin, firstDirtyOffset > end ? begin : firstDirtyOffset);
        long cleanBytes = 0;
        long dirtyBytes = 0;
        boolean overdue = false;
        for (ClosedSegment segment : segments) {
            if (segment.nextOffset() <= dirtyFrom) {
                cleanBytes += segment.sizeInBytes();
                continue;
            }
            dirtyBytes += segment.sizeInBytes();
            overdue |= segment.firstTimestamp() >= 0 && nowMillis - segment.firstTimestamp() > maxCompactionLagMillis;
        }
        long total = cleanBytes + dirtyBytes;
        return new CompactionPlan(segments, dirtyFrom, end, total == 0 ? 0 : (double) dirtyBytes / total, overdue);
    }

    /** Whether a run should begin. */
    public boolean worthIt(double minCleanableDirtyRatio) {
        return firstDirtyOffset < endOffset && (overdue || dirtyRatio > minCleanableDirtyRatio);
    }
}
