package io.thalweg.log;

import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The segments of a log, oldest first; the last one, the active segment, grows. Changed under the log's lock; the array is
 * replaced, never changed, so that any thread may read it.
 */
final class LogSegments {

    private volatile Segment[] segments = {};

    /** Of all segments. */
    private volatile long sizeBytes;

    /** Of all segments but the last. Guarded by the log's lock. */
    private long closedBytes;

    Segment[] all() {
        return segments;
    }

    boolean isEmpty() {
        return segments.length == 0;
    }

    /** The last one; there must be one. */
    Segment active() {
        Segment[] now = segments;
        return now[now.length - 1];
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** What the checkpoint says, while the log is not open. */
    void sizeBytes(long checkpointed) {
        sizeBytes = checkpointed;
    }

    /** The only place that changes which segments there are. */
    void set(Segment[] changed) {
        long closed = 0;
        for (int i = 0; i < changed.length - 1; i++) {
            closed += changed[i].sizeBytes();
        }
        closedBytes = closed;
        segments = changed;
    }

    /** Appends a segment; the last one grows no more. */
    void add(Segment next) {
        Segment[] now = segments;
        Segment[] more = Arrays.copyOf(now, now.length + 1);
        more[now.length] = next;
        set(more);
    }

    /** Puts one closed segment in the place of {@code count} from {@code at} on. */
    void replace(int at, int count, Segment with) {
        List<Segment> all = new ArrayList<>(Arrays.asList(segments));
        all.subList(at, at + count).clear();
        all.add(at, with);
        set(all.toArray(new Segment[0]));
    }

    /** Publishes the size. Every commit asks, so that nothing is summed here: closed segments do not grow. */
    void noteSize() {
        sizeBytes = segments.length == 0 ? 0 : closedBytes + active().sizeBytes();
    }

    /** All segments go: nobody reads them any more. */
    void removeAll(IndexCache indexes) throws IOException {
        for (Segment segment : segments) {
            segment.markDeleted();
            indexes.forget(segment);
            segment.file().close();
        }
        set(new Segment[0]);
    }

    long sumOfSizes() {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment.sizeBytes();
        }
        return bytes;
    }
}
