package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.compaction.CompactedSegment;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.segment.BatchScanner;
import io.thalweg.log.segment.OffsetOrder;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What happens to the segments of a log that grow no more: compaction replaces them, scrubbing verifies them. Takes the
 * log's file lock, so that none is cut or deleted meanwhile; blocks.
 */
final class ClosedSegments {

    private final LogState log;
    private final SegmentRemoval removal;

    ClosedSegments(LogState log, SegmentRemoval removal) {
        this.log = log;
        this.removal = removal;
    }

    /** Oldest first; none while the log is in a state in which none may be replaced. Any thread. */
    List<Segment> list() {
        synchronized (log.lock) {
            Segment[] now = log.segments.all();
            if (!log.isOpen() || log.damage.any() || !log.waiting.isEmpty() || now.length < 2) {
                return List.of();
            }
            return List.of(Arrays.copyOf(now, now.length - 1));
        }
    }

    // ---- verification

    /**
     * Where verification has got to.
     *
     * @param position the next batch; -1 if the segment is through, damaged or gone
     * @param nextOffset what that batch should begin with
     */
    record Verified(int position, long nextOffset) {

        private static final Verified OVER = new Verified(-1, -1);

        static Verified none(Segment segment) {
            return new Verified(0, segment.baseOffset());
        }
    }

    /**
     * Verifies the checksums and the order of a closed segment's batches from one on, and says so as recovery does if a
     * batch is not sound.
     *
     * @param bytesMax stop after so many
     */
    Verified verify(Segment segment, Verified from, int bytesMax) throws IOException {
        log.fileLock.lock();
        try {
            if (!list().contains(segment)) {
                return Verified.OVER;
            }
            FileHandle handle = segment.file().acquire();
            try {
                return verify(segment, handle, from, bytesMax);
            } finally {
                segment.file().release();
            }
        } finally {
            log.fileLock.unlock();
        }
    }

    private Verified verify(Segment segment, FileHandle handle, Verified from, int bytesMax) throws IOException {
        int end = segment.sizeBytes();
        BatchScanner scanner = new BatchScanner(handle, end);
        OffsetOrder order = new OffsetOrder(scanner, end, log.gaps.before(), segment.nextOffset());
        long[] next = {from.nextOffset};
        int position = from.position;
        int believed = -1;
        while (position < end) {
            int accepted = believed;
            boolean[] stopped = {false};
            position = scanner.scan(position, next[0], Long.MIN_VALUE, (buffer, at, size, found) -> {
                long base = BatchHeader.baseOffset(buffer, at);
                long last = BatchHeader.lastOffset(buffer, at);
                stopped[0] = found - from.position >= bytesMax;
                if (stopped[0] || order.isOdd(found == accepted ? next[0] : base, last, next[0])) {
                    return false;
                }
                next[0] = last + 1;
                return true;
            });
            if (stopped[0]) {
                return new Verified(position, next[0]);
            }
            if (position < end) {
                if (order.judge(position, next[0]) != OffsetOrder.Verdict.IN_ORDER) {
                    damaged(segment, next[0], position);
                    return Verified.OVER;
                }
                believed = position;
            }
        }
        if (next[0] < segment.nextOffset() && !order.mayMiss(segment.nextOffset())) {
            damaged(segment, next[0], end);
        }
        return Verified.OVER;
    }

    private void damaged(Segment segment, long offset, int position) {
        synchronized (log.lock) {
            log.damage.found(
                    "unreadable from offset " + offset + " of a closed segment: file="
                            + segment.file().path() + " position=" + position,
                    Math.max(offset, log.offsets.logStart));
        }
    }

    // ---- compaction

    /**
     * Puts a compacted segment in the place of those that it was made of. A crash at any point leaves the old ones or
     * the new one: LogLoader completes what was begun.
     *
     * @return false if they are no longer there, because the log was cut or shortened meanwhile; nothing changed then
     */
    boolean replace(List<Segment> old, CompactedSegment compacted) throws IOException {
        log.fileLock.lock();
        try {
            int at = indexOf(old);
            if (at < 0) {
                return false;
            }
            Path directory = log.folder.path();
            log.gaps.allow(old.get(old.size() - 1).nextOffset());
            Path swap = SegmentFiles.path(directory, compacted.baseOffset(), SegmentFiles.LOG + SegmentFiles.SWAP);
            log.host.files().rename(compacted.file(), swap);
            log.host.files().syncDirectory(directory);
            try {
                swapIn(at, old, compacted, swap);
            } catch (IOException failure) {
                log.host.health().offline("compacted segment cannot be put in place: log=" + log.id, failure);
                throw failure;
            }
            return true;
        } finally {
            log.fileLock.unlock();
        }
    }

    /** Where these segments lie, side by side and closed; -1 if they do not. */
    private int indexOf(List<Segment> old) {
        Segment[] now = log.segments.all();
        int at = Arrays.asList(now).indexOf(old.get(0));
        boolean there = at >= 0 && at + old.size() < now.length && log.isOpen();
        for (int i = 0; there && i < old.size(); i++) {
            there = now[at + i] == old.get(i);
        }
        return there ? at : -1;
    }

    private void swapIn(int at, List<Segment> old, CompactedSegment compacted, Path swap) throws IOException {
        Path directory = log.folder.path();
        for (Segment segment : old) {
            removal.hide(segment);
        }
        // None of them may come back once the name that says what it replaces is gone.
        log.host.files().syncDirectory(directory);
        Path file = SegmentFiles.path(directory, compacted.baseOffset(), SegmentFiles.LOG);
        log.host.files().rename(swap, file);
        log.host.files().syncDirectory(directory);
        Segment fresh = Segment.closed(
                compacted.baseOffset(),
                log.host.openFiles().file(file, true),
                compacted.sizeInBytes(),
                old.get(old.size() - 1).nextOffset());
        fresh.aborted(compacted.aborted());
        log.caches.saveAborted(fresh);
        synchronized (log.lock) {
            log.segments.replace(at, old.size(), fresh);
            log.segments.noteSize();
            log.changedSinceOpen = true;
        }
    }
}
