package io.thalweg.log;

import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Writes batches into a log's segments and begins new ones where one is full or old. Flushes nothing. The caller holds the
 * log's lock; blocks.
 */
final class LogWriter {

    private final LogState log;
    private long jitterMillis;

    /** A segment was closed since {@link #takeRolled} was asked. */
    private boolean rolled;

    LogWriter(LogState log) {
        this.log = log;
    }

    /**
     * Writes the batches in {@code [from, to)} that no segment has yet, beginning new segments where one is full.
     *
     * @param after where the log ended before them; a segment begins where the log ended, even if its first batch does not:
     *     an empty one must not claim that the log goes further
     */
    void write(ByteBuffer memory, int from, int to, long after) throws IOException {
        LogConfig config = log.config;
        LogSegments segments = log.segments;
        int begin = from;
        int bytes = 0;
        long end = after;
        for (int at = from; at < to; ) {
            int size = BatchHeader.sizeInBytes(memory, at);
            long endBefore = end;
            end = BatchHeader.lastOffset(memory, at) + 1;
            if (!segments.isEmpty() && end <= segments.active().nextOffset()) {
                at += size;
                begin = at;
                continue;
            }
            long base = BatchHeader.baseOffset(memory, at);
            if (base > endBefore) {
                log.gaps.onGap(base);
            }
            dropEmptyWithin(base, bytes);
            if (isRollDue(memory, at, size, bytes, config)) {
                if (begin < at) {
                    segments.active().append(memory, begin, at, config.indexIntervalBytes());
                }
                begin = at;
                bytes = 0;
                roll(Math.min(endBefore, base));
            }
            bytes += size;
            at += size;
        }
        if (begin < to) {
            segments.active().append(memory, begin, to, config.indexIntervalBytes());
        }
    }

    /** Whether the batch at {@code at} must go into a new segment, behind {@code bytes} that are yet to be written. */
    private boolean isRollDue(ByteBuffer memory, int at, int size, int bytes, LogConfig config) {
        if (log.segments.isEmpty()) {
            return true;
        }
        Segment active = log.segments.active();
        return active.isFullFor(
                        bytes + size,
                        BatchHeader.lastOffset(memory, at),
                        BatchHeader.maxTimestamp(memory, at),
                        config.segmentBytes(),
                        config.indexBytesMax(),
                        config.rollMillis() - jitterMillis)
                || (active.sizeBytes() == 0 && bytes > 0 && bytes > config.segmentBytes() - size);
    }

    /**
     * If the only segment is empty and begins within the batch at {@code base}, one that begins with the batch takes its
     * place.
     */
    private void dropEmptyWithin(long base, int bytesBefore) throws IOException {
        Segment[] now = log.segments.all();
        if (now.length != 1 || now[0].sizeBytes() != 0 || bytesBefore != 0 || base >= now[0].baseOffset()) {
            return;
        }
        log.segments.set(new Segment[0]);
        log.cutter.remove(now[0]);
        // Else both may be there after a power cut, one over the other.
        log.host.files().syncDirectory(log.folder.path());
    }

    /** Begins a segment; the one before it grows no more. */
    void roll(long baseOffset) throws IOException {
        Path file = SegmentFiles.path(log.folder.path(), baseOffset, SegmentFiles.LOG);
        Segment next = Segment.empty(baseOffset, log.host.openFiles().file(file, true), log.host.nowMillis());
        // Created now, so that a full disk shows before the log has changed.
        next.file().acquire();
        next.file().release();
        if (!log.segments.isEmpty()) {
            log.segments.active().completeIndex();
            rolled = true;
        }
        log.segments.add(next);
        log.folder.markChanged();
        long jitter = log.config.segmentJitterMillis();
        jitterMillis = jitter == 0 ? 0 : log.host.random(Math.min(jitter, log.config.rollMillis()));
    }

    /** Closes the active segment if it was created before {@code millis} and holds something. */
    void rollIfOlderThan(long millis) throws IOException {
        synchronized (log.lock) {
            if (log.segments.isEmpty() || !log.waiting.isEmpty()) {
                return;
            }
            Segment active = log.segments.active();
            if (active.sizeBytes() > 0 && active.createdMillis() > 0 && active.createdMillis() < millis) {
                roll(log.offsets.logEnd);
            }
        }
    }

    /** How much earlier than the settings say segments are closed by age. */
    long jitterMillis() {
        return jitterMillis;
    }

    /** Whether a segment was closed since this was last asked. */
    boolean takeRolled() {
        boolean taken = rolled;
        rolled = false;
        return taken;
    }
}
