package io.thalweg.log.recovery;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.file.OpenFiles;
import io.thalweg.log.file.PooledFile;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.segment.BatchScanner;
import io.thalweg.log.segment.Hole;
import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.segment.OffsetOrder;
import io.thalweg.log.segment.OffsetOrder.Verdict;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import io.thalweg.log.segment.SegmentIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the segments of a log from where they are not trusted on: tells a torn tail, which is cut off, from damage, which is
 * left and noted, and both from what the journal will bring again. Blocks.
 */
final class SegmentRecovery {

    private static final int REWRITE_BYTES = 1 << 20;

    private final FileSystem files;
    private final OpenFiles openFiles;
    private final IndexCache indexes;
    private final Path directory;
    private final long nowMillis;
    private final int indexIntervalBytes;
    private final long coveredFrom;
    private final long logStart;
    private final long gapsBefore;
    private final FoundFiles found;
    private final RebuiltHistory history;
    private final List<String> repaired;

    private List<Segment> segments = new ArrayList<>();
    private List<Gap> gaps = new ArrayList<>();
    private long logEndOffset;

    /** The rest was given up because the journal has it. */
    private boolean cut;

    /** Where the last scan stopped at a batch whose offsets look odd; -1 if it did not. */
    private int oddAt;

    /**
     * @param coveredFrom the journal holds everything from this offset on and is replayed next; -1 if it does not
     * @param logStart whatever lies before was deleted, and need not be anywhere
     * @param gapsBefore compaction may have left out offsets before this one
     */
    SegmentRecovery(
            FileSystem files,
            OpenFiles openFiles,
            IndexCache indexes,
            Path directory,
            long nowMillis,
            int indexIntervalBytes,
            long coveredFrom,
            long logStart,
            long gapsBefore,
            FoundFiles found,
            RebuiltHistory history,
            List<String> repaired) {
        this.files = files;
        this.openFiles = openFiles;
        this.indexes = indexes;
        this.directory = directory;
        this.nowMillis = nowMillis;
        this.indexIntervalBytes = indexIntervalBytes;
        this.coveredFrom = coveredFrom;
        this.logStart = logStart;
        this.gapsBefore = gapsBefore;
        this.found = found;
        this.history = history;
        this.repaired = repaired;
    }

    List<Segment> segments() {
        return segments;
    }

    /** Where batches that should follow each other do not, and nothing lies between them. */
    List<Gap> gaps() {
        return gaps;
    }

    /** Behind the last sound batch. */
    long logEndOffset() {
        return logEndOffset;
    }

    /** Begins, or begins again, with the segments of these base offsets; the last one grows. */
    void begin(List<Long> bases) throws IOException {
        segments = new ArrayList<>(bases.size());
        gaps = new ArrayList<>();
        int last = bases.size() - 1;
        for (int i = 0; i <= last; i++) {
            long base = bases.get(i);
            Path path = SegmentFiles.path(directory, base, SegmentFiles.LOG);
            PooledFile file = openFiles.file(path, true);
            segments.add(
                    i == last
                            ? Segment.empty(base, file, nowMillis)
                            : Segment.closed(base, file, sizeOf(path), bases.get(i + 1)));
        }
    }

    private int sizeOf(Path path) throws IOException {
        long size = files.size(path);
        if (size > Integer.MAX_VALUE) {
            throw new IOException("segment is larger than any can be: file=" + path + " bytes=" + size);
        }
        return (int) size;
    }

    /**
     * Reads from the segment that holds {@code from} on, and always the end of the last one.
     *
     * @param recoveryPoint batches from here on are checked; everything before is durable
     */
    void read(long from, long recoveryPoint) throws IOException {
        int last = segments.size() - 1;
        int begin = last;
        while (begin > 0 && segments.get(begin).baseOffset() > from) {
            begin--;
        }
        logEndOffset = segments.get(begin).baseOffset();
        cut = false;
        for (int i = begin; i < segments.size() && !cut; i++) {
            boolean grows = i == segments.size() - 1;
            boolean toBeChecked = segments.get(i).nextOffset() > recoveryPoint || grows;
            Segment segment = segments.get(i);
            if (i > begin && isMissing(i, recoveryPoint)) {
                // What was not flushed ended before it and nothing was written into it.
                repaired.add("empty segment removed: file=" + segment.file().path());
                removeAfter(i - 1);
                break;
            }
            if (!grows && toBeChecked) {
                // Its index was perhaps not written, or written and not durable: made anew.
                segment = anew(i);
            }
            readSegment(segment, i, toBeChecked, from, recoveryPoint);
            if (!grows && toBeChecked) {
                segment.completeIndex();
            }
            if (segment.nextOffset() > recoveryPoint) {
                // Written, but perhaps not flushed before the process died.
                segment.markDirty();
            }
        }
        int end = segments.size() - 1;
        if (segments.get(end).index() == null) {
            // Later segments were empty and are gone: this one grows again.
            Segment fresh = anew(end);
            fresh.markDirty();
            readSegment(fresh, end, true, fresh.baseOffset(), recoveryPoint);
        }
    }

    /**
     * Whether the last segment is to be given up: it is empty, and begins behind what was there. Notes what is missing
     * before one that is not.
     */
    private boolean isMissing(int at, long recoveryPoint) throws IOException {
        Segment segment = segments.get(at);
        long base = segment.baseOffset();
        if (base <= logEndOffset || base <= gapsBefore || endsInHole(at - 1)) {
            return false;
        }
        boolean emptyEnd = at == segments.size() - 1 && sizeOf(segment.file().path()) == 0;
        if (emptyEnd && logEndOffset >= recoveryPoint) {
            return true;
        }
        gaps.add(new Gap(logEndOffset, base));
        return false;
    }

    private boolean endsInHole(int at) {
        List<Hole> holes = segments.get(at).holes();
        return !holes.isEmpty()
                && holes.get(holes.size() - 1).nextOffset()
                        == segments.get(at + 1).baseOffset();
    }

    /** Puts an empty segment on the same file in the place of one, to be read from its beginning. */
    private Segment anew(int at) {
        Segment before = segments.get(at);
        Segment fresh = Segment.empty(before.baseOffset(), before.file(), nowMillis);
        fresh.aborted(before.aborted());
        segments.set(at, fresh);
        return fresh;
    }

    private void readSegment(Segment segment, int at, boolean toBeChecked, long from, long recoveryPoint)
            throws IOException {
        boolean grows = at == segments.size() - 1;
        FileHandle handle = segment.file().acquire();
        try {
            int size = sizeOf(segment.file().path());
            int position = grows ? resume(segment, size, from, recoveryPoint) : 0;
            BatchScanner scanner = new BatchScanner(handle, size);
            OffsetOrder order = new OffsetOrder(scanner, size, gapsBefore, baseAfter(at));
            List<Hole> holes = new ArrayList<>();
            long expected = toBeChecked ? segment.nextOffset() : segment.baseOffset();
            logEndOffset = Math.max(logEndOffset, expected);
            int believed = -1;
            while (true) {
                position = scan(scanner, order, segment, toBeChecked, position, believed, recoveryPoint);
                boolean wrong = false;
                if (oddAt == position && position < size) {
                    Verdict verdict = order.judge(position, logEndOffset);
                    wrong = verdict == Verdict.WRONG;
                    if (verdict == Verdict.MISSING_BEFORE) {
                        gaps.add(new Gap(logEndOffset, baseOffsetAt(handle, position)));
                    }
                    if (!wrong) {
                        believed = position;
                        continue;
                    }
                }
                if (isCovered() && (position < size || gapAfter(at, recoveryPoint))) {
                    cutForJournal(segment, at, handle, position, size);
                    break;
                }
                if (position >= size) {
                    break;
                }
                if (!toBeChecked) {
                    // Trusted and yet not whole: the index cache steps over it, readers as well.
                    repaired.add(
                            "damage in a closed segment: file=" + segment.file().path() + " position=" + position);
                }
                int next = scanner.find(wrong ? order.resumeAt() : position + 1, logEndOffset);
                if (next < 0) {
                    boolean kept = wrong || order.isMisplaced(position, logEndOffset);
                    if (kept) {
                        // No torn write leaves a whole batch: the bytes stay.
                        holes.add(new Hole(position, size, logEndOffset, Math.min(order.nextOffset(), baseAfter(at))));
                        position = size;
                    } else {
                        position = tornTail(segment, at, handle, position, size, recoveryPoint, holes);
                    }
                    break;
                }
                holes.add(new Hole(position, next, logEndOffset, baseOffsetAt(handle, next)));
                position = next;
                believed = next;
            }
            if (toBeChecked) {
                segment.found(position);
                if (coveredFrom >= 0 && recoveryPoint < segment.nextOffset()) {
                    rewrite(segment, handle, recoveryPoint);
                }
            }
            segment.holes(holes);
        } finally {
            segment.file().release();
        }
    }

    /** Where the next segment begins: batches of the one at {@code at} end before. */
    private long baseAfter(int at) {
        return at + 1 < segments.size() ? segments.get(at + 1).baseOffset() : Long.MAX_VALUE;
    }

    /**
     * Takes over batches that follow each other.
     *
     * @param believed the position of one that is where it should be although it does not follow
     * @return where something else begins; at {@link #oddAt} it is a batch that may not be where it should be
     */
    private int scan(
            BatchScanner scanner,
            OffsetOrder order,
            Segment segment,
            boolean toBeChecked,
            int from,
            int believed,
            long recoveryPoint)
            throws IOException {
        oddAt = -1;
        return scanner.scan(from, logEndOffset, recoveryPoint, (buffer, index, bytes, position) -> {
            long base = BatchHeader.baseOffset(buffer, index);
            if (isGap(base, recoveryPoint)) {
                return false;
            }
            long last = BatchHeader.lastOffset(buffer, index);
            if (order.isOdd(position == believed ? logEndOffset : base, last, logEndOffset)) {
                oddAt = position;
                return false;
            }
            onBatch(segment, toBeChecked, buffer, index, bytes, position);
            return true;
        });
    }

    private void onBatch(Segment segment, boolean toBeChecked, ByteBuffer buffer, int at, int size, int position) {
        if (toBeChecked) {
            segment.onBatch(buffer, at, size, position, indexIntervalBytes);
        }
        history.onBatch(segment, buffer, at);
        logEndOffset = BatchHeader.lastOffset(buffer, at) + 1;
    }

    /** Begins at the end of a good index if nothing before it need be read; else at the beginning. */
    private int resume(Segment segment, int size, long from, long recoveryPoint) throws IOException {
        SegmentIndex read = indexes.read(segment, size);
        long indexed = read == null ? -1 : read.lastOffset();
        if (read == null || indexed < 0 || indexed >= Math.min(from, recoveryPoint)) {
            return 0;
        }
        FileHandle handle = segment.file().acquire();
        try {
            long[] base = {-1};
            new BatchScanner(handle, size)
                    .scan(read.lastPosition(), segment.baseOffset(), Long.MAX_VALUE, (buffer, at, bytes, position) -> {
                        base[0] =
                                BatchHeader.lastOffset(buffer, at) == indexed ? BatchHeader.baseOffset(buffer, at) : -1;
                        return false;
                    });
            if (base[0] < 0) {
                repaired.add("index rebuilt: file=" + segment.file().path());
                return 0;
            }
            segment.resume(read, read.lastPosition(), base[0]);
            return read.lastPosition();
        } finally {
            segment.file().release();
        }
    }

    /**
     * Writes again what is not known to be durable. A flush that failed before the process died may have left it in the
     * page cache and nowhere else, and the system would count a second flush as a success without writing it.
     */
    private void rewrite(Segment segment, FileHandle handle, long recoveryPoint) throws IOException {
        SegmentIndex index = segment.index();
        int position = index == null ? 0 : index.positionBefore(recoveryPoint);
        ByteBuffer window = ByteBuffer.allocate(REWRITE_BYTES);
        while (position < segment.sizeBytes()) {
            window.clear().limit(Math.min(REWRITE_BYTES, segment.sizeBytes() - position));
            int read = handle.read(window, position);
            if (read <= 0) {
                return;
            }
            window.flip();
            handle.write(window, position);
            position += read;
        }
    }

    // ---- what the journal has

    /**
     * Whether the journal has all that follows. A log that was cut off below its start goes on at its start: its files end before, and
     * there is nothing between.
     */
    private boolean isCovered() {
        return isCoveredFrom(Math.max(logEndOffset, logStart));
    }

    private boolean isCoveredFrom(long offset) {
        return coveredFrom >= 0 && coveredFrom <= offset;
    }

    /** Whether batches are missing before {@code baseOffset}: what is not yet durable was never compacted. */
    private boolean isGap(long baseOffset, long recoveryPoint) {
        // Before the start compaction may have left out what it liked; what the start lies in tells of epochs and
        // voters there.
        long end = baseOffset <= logStart ? logEndOffset : Math.max(logEndOffset, logStart);
        return isCoveredFrom(end) && end >= recoveryPoint && baseOffset > logEndOffset;
    }

    private boolean gapAfter(int at, long recoveryPoint) {
        return at + 1 < segments.size() && isGap(segments.get(at + 1).baseOffset(), recoveryPoint);
    }

    /** Gives up what is not sound and everything after it: the journal has it all and is replayed next. */
    private void cutForJournal(Segment segment, int at, FileHandle handle, int position, int size) throws IOException {
        repaired.add("read again from the journal: file=" + segment.file().path() + " position=" + position);
        if (position < size) {
            handle.truncate(position);
        }
        removeAfter(at);
        segment.markDirty();
        cut = true;
    }

    private void removeAfter(int at) throws IOException {
        List<Long> later = new ArrayList<>();
        while (segments.size() > at + 1) {
            Segment last = segments.remove(segments.size() - 1);
            last.file().close();
            later.add(last.baseOffset());
        }
        found.removeSegments(later);
    }

    // ---- what nobody has

    private static long baseOffsetAt(FileHandle handle, int position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
        handle.read(bytes, position);
        return bytes.getLong(0);
    }

    /**
     * No sound batch follows in this segment. If none follows in later ones either and the recovery point does not say
     * otherwise, the tail was torn: it is cut off.
     *
     * @return the end of what is valid
     */
    private int tornTail(
            Segment segment, int at, FileHandle handle, int position, int size, long recoveryPoint, List<Hole> holes)
            throws IOException {
        for (int later = at + 1; later < segments.size(); later++) {
            if (sizeOf(segments.get(later).file().path()) > 0) {
                // The bytes stay: what follows proves that something was here.
                holes.add(new Hole(
                        position, size, logEndOffset, segments.get(later).baseOffset()));
                return size;
            }
        }
        if (logEndOffset < recoveryPoint) {
            // Durable once and not sound now: the bytes stay for whoever can make something of them.
            return position;
        }
        repaired.add("torn tail cut off: file=" + segment.file().path() + " position=" + position + " bytes="
                + (size - position));
        handle.truncate(position);
        segment.markDirty();
        removeAfter(at);
        return position;
    }
}
