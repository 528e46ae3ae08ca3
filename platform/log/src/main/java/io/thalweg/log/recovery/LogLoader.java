package io.thalweg.log.recovery;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.AbortedTxn;
import io.thalweg.log.VotersAt;
import io.thalweg.log.checkpoint.VotersCheckpoint;
import io.thalweg.log.epoch.LeaderEpochs;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.file.OpenFiles;
import io.thalweg.log.file.PooledFile;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.producer.OpenTransactions;
import io.thalweg.log.producer.ProducerSnapshotCodec;
import io.thalweg.log.producer.ProducerStates;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.log.segment.AbortedTxnCodec;
import io.thalweg.log.segment.BatchScanner;
import io.thalweg.log.segment.Hole;
import io.thalweg.log.segment.IndexCache;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import io.thalweg.log.segment.SegmentIndex;
import io.thalweg.log.voters.VoterHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a log's directory. */
public final class LogLoader {

    private static final int REWRITE_BYTES = 1 << 20;

    private final FileSystem files;
    private final OpenFiles openFiles;
    private final IndexCache indexes;
    private final Path directory;
    private final long nowMillis;
    private final int indexIntervalBytes;
    private final long coveredFrom;

    private final List<String> repaired = new ArrayList<>();
    private final TreeMap<Long, Path> snapshots = new TreeMap<>();

    // What the reading makes.
    private List<Segment> segments = new ArrayList<>();
    private ProducerStates producers = new ProducerStates();
    private final OpenTransactions transactions = new OpenTransactions();
    private LeaderEpochs epochs = new LeaderEpochs(List.of());
    private VoterHistory voters = new VoterHistory(List.of());
    private long snapshotOffset;
    private long logEndOffset;

    /** Producers know of everything before; a segment that is read twice tells them once. */
    private long producersFrom;

    /** The rest was given up because the journal has it. */
    private boolean cut;

    /** @param coveredFrom the journal holds everything from this offset on and is replayed next; -1 if it does not */
    public LogLoader(
            FileSystem files,
            OpenFiles openFiles,
            IndexCache indexes,
            Path directory,
            long nowMillis,
            int indexIntervalBytes,
            long coveredFrom) {
        this.files = files;
        this.openFiles = openFiles;
        this.indexes = indexes;
        this.directory = directory;
        this.nowMillis = nowMillis;
        this.indexIntervalBytes = indexIntervalBytes;
        this.coveredFrom = coveredFrom;
    }

    /**
     * @param recoveryPoint batches from here on are checked; everything before is durable
     * @param logStartOffset where the log begins if it holds nothing
     * @param startKnown whether that is what the checkpoint says, and not a guess
     */
    public LoadedLog load(long recoveryPoint, long logStartOffset, boolean startKnown) throws IOException {
        List<Long> bases = list();
        String missing = null;
        if (!bases.isEmpty() && bases.get(0) > logStartOffset) {
            if (coveredFrom >= 0 && coveredFrom <= logStartOffset) {
                // The first segment did not survive, or its name did not: all of it comes again from the journal.
                removeSegments(bases);
                bases.clear();
            } else if (startKnown) {
                missing = "missing from offset " + logStartOffset + " to " + bases.get(0);
            }
        }
        if (bases.isEmpty()) {
            long end = coveredFrom >= 0 ? Math.min(coveredFrom, logStartOffset) : logStartOffset;
            dropSnapshotsBeyond(end);
            LeaderEpochs read = readEpochs();
            read.truncateEnd(end);
            VoterHistory readVoters = new VoterHistory(Objects.requireNonNullElse(readVoters(), List.of()));
            readVoters.truncateEnd(end);
            return new LoadedLog(
                    segments, producers, transactions, read, readVoters, end, -1, null, List.copyOf(repaired));
        }
        long first = bases.get(0);
        LeaderEpochs found = readEpochs();
        List<VotersAt> foundVoters = readVoters();
        boolean rebuild = found.entries().isEmpty() || foundVoters == null;
        Long snapshot = snapshots.isEmpty() ? null : snapshots.lastKey();
        while (true) {
            begin(bases);
            epochs = new LeaderEpochs(found.entries());
            voters = new VoterHistory(foundVoters == null ? List.of() : foundVoters);
            // The batches say it again, and a truncation that was cut short may have left what is no longer so.
            epochs.truncateEnd(Math.max(first, recoveryPoint));
            voters.truncateEnd(Math.max(first, recoveryPoint));
            loadSnapshot(snapshot, first);
            boolean abortedMissing = !readAborted();
            if (abortedMissing && snapshotOffset > first) {
                repaired.add("transaction index rebuilt");
                forgetSnapshot(first);
            }
            producersFrom = snapshotOffset;
            long readFrom = rebuild ? first : Math.min(recoveryPoint, snapshotOffset);
            read(readFrom, recoveryPoint);
            if (logEndOffset >= snapshotOffset || snapshotOffset <= first) {
                break;
            }
            // The snapshot tells of batches that are not there: an older one, or none, is right.
            snapshot = snapshots.lowerKey(snapshotOffset);
            bases = segments.stream().map(Segment::baseOffset).toList();
        }
        dropSnapshotsBeyond(logEndOffset);
        epochs.truncateEnd(logEndOffset);
        voters.truncateEnd(logEndOffset);
        return new LoadedLog(
                segments,
                producers,
                transactions,
                epochs,
                voters,
                logEndOffset,
                snapshot == null ? -1 : snapshotOffset,
                missing,
                List.copyOf(repaired));
    }

    /** Lists the segments, notes the snapshots and removes what a crash left half done. */
    private List<Long> list() throws IOException {
        List<Long> bases = new ArrayList<>();
        List<String> names = files.list(directory);
        if (completeSwaps(names)) {
            names = files.list(directory);
        }
        for (String name : names) {
            if (name.endsWith(SegmentFiles.DELETED)
                    || name.endsWith(SegmentFiles.CLEANED)
                    || name.endsWith(WholeFile.TEMPORARY_SUFFIX)) {
                files.delete(directory.resolve(name));
                continue;
            }
            long base = SegmentFiles.offset(name, SegmentFiles.LOG);
            if (base >= 0) {
                bases.add(base);
            }
            long offset = SegmentFiles.offset(name, SegmentFiles.SNAPSHOT);
            if (offset >= 0) {
                snapshots.put(offset, directory.resolve(name));
            }
        }
        return bases;
    }

    /**
     * A segment named {@code .log.swap} is compacted, durable, and takes the place of those that it covers: up to the
     * first original that begins after its last batch.
     *
     * @return whether there was one
     */
    private boolean completeSwaps(List<String> names) throws IOException {
        String suffix = SegmentFiles.LOG + SegmentFiles.SWAP;
        boolean found = false;
        for (String name : names) {
            long base = SegmentFiles.offset(name, suffix);
            if (base < 0) {
                continue;
            }
            Path swap = directory.resolve(name);
            long[] last = {base - 1};
            try (FileHandle handle = files.openForRead(swap)) {
                new BatchScanner(handle, (int) handle.size())
                        .scan(0, base, Long.MAX_VALUE, (buffer, at, size, position) -> {
                            last[0] = BatchHeader.lastOffset(buffer, at);
                            return true;
                        });
            }
            for (String other : files.list(directory)) {
                long otherBase = SegmentFiles.offset(other, SegmentFiles.LOG);
                if (otherBase >= base && otherBase <= last[0]) {
                    for (String each : List.of(
                            SegmentFiles.LOG, SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TXN_INDEX)) {
                        files.delete(SegmentFiles.path(directory, otherBase, each));
                    }
                }
            }
            // None of them may come back once the name that says what it replaces is gone.
            files.syncDirectory(directory);
            files.rename(swap, SegmentFiles.path(directory, base, SegmentFiles.LOG));
            files.syncDirectory(directory);
            repaired.add("compaction completed: baseOffset=" + base);
            found = true;
        }
        return found;
    }

    private LeaderEpochs readEpochs() throws IOException {
        try {
            LeaderEpochs read = LeaderEpochs.decode(WholeFile.read(files, directory.resolve(LeaderEpochs.FILE)));
            if (read != null) {
                return read;
            }
            repaired.add("leader epochs rebuilt");
        } catch (NoSuchFileException absent) {
            // Rebuilt from the batches.
        }
        return new LeaderEpochs(List.of());
    }

    /** Null if the file is damaged; empty if there is none, because the log never had a voters record. */
    private @Nullable List<VotersAt> readVoters() throws IOException {
        try {
            VotersCheckpoint read =
                    VotersCheckpoint.decode(WholeFile.read(files, directory.resolve(VotersCheckpoint.FILE)));
            if (read != null) {
                return read.entries();
            }
            repaired.add("voters rebuilt, as far as their records are still there");
            return null;
        } catch (NoSuchFileException absent) {
            return List.of();
        }
    }

    private void begin(List<Long> bases) throws IOException {
        segments = new ArrayList<>(bases.size());
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

    private void loadSnapshot(@Nullable Long from, long first) throws IOException {
        Long offset = from;
        while (offset != null) {
            ProducerStates read = ProducerSnapshotCodec.decode(
                    WholeFile.read(files, SegmentFiles.path(directory, offset, SegmentFiles.SNAPSHOT)));
            if (read != null) {
                producers = read;
                transactions.load(read);
                snapshotOffset = offset;
                return;
            }
            repaired.add("producer snapshot is damaged and was not used: offset=" + offset);
            offset = snapshots.lowerKey(offset);
        }
        forgetSnapshot(first);
    }

    private void forgetSnapshot(long first) {
        producers = new ProducerStates();
        transactions.clear();
        snapshotOffset = first;
    }

    /** Loads the aborted transactions that are known up to the snapshot; false if a file is missing or damaged. */
    private boolean readAborted() throws IOException {
        boolean all = true;
        for (Segment segment : segments) {
            if (segment.baseOffset() >= snapshotOffset) {
                segment.aborted(List.of());
                continue;
            }
            List<AbortedTxn> read = null;
            try {
                read = AbortedTxnCodec.decode(
                        WholeFile.read(
                                files, SegmentFiles.path(directory, segment.baseOffset(), SegmentFiles.TXN_INDEX)),
                        segment.baseOffset(),
                        Long.MAX_VALUE);
            } catch (NoSuchFileException absent) {
                // Told by null.
            }
            if (read == null) {
                all = false;
                continue;
            }
            List<AbortedTxn> known = new ArrayList<>(read);
            known.removeIf(txn -> txn.lastOffset() >= snapshotOffset);
            segment.aborted(known);
        }
        if (!all) {
            for (Segment segment : segments) {
                segment.aborted(List.of());
            }
        }
        return all;
    }

    /** Reads from the segment that holds {@code from} on, and always the end of the last one. */
    private void read(long from, long recoveryPoint) throws IOException {
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
            if (!grows && toBeChecked) {
                // Its index was perhaps not written, or written and not durable: made anew.
                Segment fresh = Segment.empty(segment.baseOffset(), segment.file(), nowMillis);
                fresh.aborted(segment.aborted());
                segments.set(i, fresh);
                segment = fresh;
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
            Segment closed = segments.get(end);
            Segment fresh = Segment.empty(closed.baseOffset(), closed.file(), nowMillis);
            fresh.aborted(closed.aborted());
            fresh.markDirty();
            segments.set(end, fresh);
            readSegment(fresh, end, true, fresh.baseOffset(), recoveryPoint);
        }
    }

    private void readSegment(Segment segment, int at, boolean toBeChecked, long from, long recoveryPoint)
            throws IOException {
        boolean grows = at == segments.size() - 1;
        FileHandle handle = segment.file().acquire();
        try {
            int size = sizeOf(segment.file().path());
            int position = grows ? resume(segment, size, from, recoveryPoint) : 0;
            BatchScanner scanner = new BatchScanner(handle, size);
            List<Hole> holes = new ArrayList<>();
            long expected = toBeChecked ? segment.nextOffset() : segment.baseOffset();
            logEndOffset = Math.max(logEndOffset, expected);
            Segment visited = segment;
            while (true) {
                position = scanner.scan(position, expected, recoveryPoint, (buffer, index, bytes, found) -> {
                    if (isGap(BatchHeader.baseOffset(buffer, index), recoveryPoint)) {
                        return false;
                    }
                    onBatch(visited, toBeChecked, buffer, index, bytes, found);
                    return true;
                });
                if (coveredFrom >= 0
                        && coveredFrom <= logEndOffset
                        && (position < size || gapAfter(at, recoveryPoint))) {
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
                expected = Math.max(expected, logEndOffset);
                int next = scanner.find(position + 1, expected);
                if (next < 0) {
                    position = tornTail(segment, at, handle, position, size, recoveryPoint, holes);
                    break;
                }
                long nextOffset = baseOffsetAt(handle, next);
                holes.add(new Hole(position, next, expected, nextOffset));
                position = next;
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

    /** Whether batches are missing before {@code baseOffset}: what is not yet durable was never compacted. */
    private boolean isGap(long baseOffset, long recoveryPoint) {
        return coveredFrom >= 0
                && coveredFrom <= logEndOffset
                && logEndOffset >= recoveryPoint
                && baseOffset > logEndOffset;
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
        removeSegments(later);
    }

    private void removeSegments(List<Long> bases) throws IOException {
        for (long base : bases) {
            for (String suffix :
                    List.of(SegmentFiles.LOG, SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TXN_INDEX)) {
                files.delete(SegmentFiles.path(directory, base, suffix));
            }
        }
        if (!bases.isEmpty()) {
            // Else one may come back after a power cut, when the segment before it has grown over its offsets.
            files.syncDirectory(directory);
        }
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

    private void onBatch(Segment segment, boolean toBeChecked, ByteBuffer buffer, int at, int size, int position)
            throws IOException {
        long offset = BatchHeader.baseOffset(buffer, at);
        if (toBeChecked) {
            segment.onBatch(buffer, at, size, position, indexIntervalBytes);
        }
        epochs.onBatch(BatchHeader.leaderEpoch(buffer, at), offset);
        noteVoters(buffer, at);
        if (BatchHeader.lastOffset(buffer, at) >= producersFrom
                && BatchHeader.producerId(buffer, at) > BatchHeader.NO_PRODUCER_ID) {
            TransactionMarker marker = BatchHeader.isControl(buffer, at) ? marker(buffer, at) : null;
            if (marker != null || !BatchHeader.isControl(buffer, at)) {
                producers.update(buffer, at, marker);
                if (BatchHeader.isTransactional(buffer, at)) {
                    AbortedTxn aborted = transactions.onBatch(buffer, at, marker);
                    if (aborted != null) {
                        segment.addAborted(aborted);
                    }
                }
            }
        }
        logEndOffset = BatchHeader.lastOffset(buffer, at) + 1;
        producersFrom = Math.max(producersFrom, logEndOffset);
    }

    private void noteVoters(ByteBuffer buffer, int at) {
        try {
            SortedSet<Integer> ids = ControlRecords.readVoters(buffer, at);
            if (ids != null) {
                voters.onVoters(BatchHeader.baseOffset(buffer, at), ids);
            }
        } catch (ThalwegException damaged) {
            // As with a marker: before the recovery point the file knows better.
            repaired.add("voters record is not readable: offset=" + BatchHeader.baseOffset(buffer, at));
        }
    }

    private static @Nullable TransactionMarker marker(ByteBuffer buffer, int at) {
        try {
            return TransactionMarker.read(buffer, at);
        } catch (ThalwegException damaged) {
            // Before the recovery point checksums are not verified; a reader's check finds it.
            return null;
        }
    }

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

    private void dropSnapshotsBeyond(long offset) throws IOException {
        for (Path beyond : snapshots.tailMap(offset, false).values()) {
            files.delete(beyond);
        }
    }
}
