package io.thalweg.log.compaction;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.AbortedTxn;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.DecodedRecord;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.log.record.RecordVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run over a log, in steps: first it maps the keys of the dirty section, then it copies what stays of every segment
 * up to the end of the run into new files. Whoever drives it swaps {@link #results} in afterwards.
 *
 * <pre>
 * MAPPING -> COPYING -> DONE
 * </pre>
 */
public final class Compaction implements AutoCloseable {

    /** Files that are being written; left over by a crash, they are deleted. */
    public static final String SUFFIX = ".cleaned";

    private static final int OUTPUT_BYTES = 256 << 10;
    private static final int OFFSET_RANGE_MAX = Integer.MAX_VALUE;

    private enum State {
        /** Reads from the first dirty offset on. */
        MAPPING,
        /** Reads from the beginning and writes. */
        COPYING,
        /** {@link Compaction#results} may be swapped in. */
        DONE
    }

    private final FileSystem fileSystem;
    private final CompactionPlan plan;
    private final CompactionSettings settings;
    private final List<AbortedTxn> aborted;
    private final Map<Long, LastOfProducer> activeProducers;
    private final Set<Long> epochStarts;
    private final long nowMillis;
    private final KeyOffsets keys;
    private final List<CompactedSegment> results = new ArrayList<>();

    private State state = State.MAPPING;
    private Iterator<ClosedSegment> segments;
    private TransactionTracker transactions;
    private @Nullable SegmentReader reader;
    private @Nullable Output output;
    private @Nullable BatchFilter filter;

    /** Everything below is mapped. */
    private long endOffset;

    private boolean full;
    private long bytesRead;
    private long bytesWritten;

    /**
     * @param aborted every aborted transaction with data below the end of the plan, wherever its marker is
     * @param activeProducers what each producer wrote last, taken when the plan was made or later
     * @param epochStarts the offsets at which leader epochs begin
     */
    public Compaction(
            FileSystem fileSystem,
            CompactionPlan plan,
            CompactionSettings settings,
            List<AbortedTxn> aborted,
            Map<Long, LastOfProducer> activeProducers,
            Set<Long> epochStarts,
            long nowMillis) {
        this.fileSystem = fileSystem;
        this.plan = plan;
        this.settings = settings;
        this.aborted = List.copyOf(aborted);
        this.activeProducers = Map.copyOf(activeProducers);
        this.epochStarts = Set.copyOf(epochStarts);
        this.nowMillis = nowMillis;
        this.keys = new KeyOffsets(settings.mapBytes());
        this.endOffset = plan.firstDirtyOffset();
        List<ClosedSegment> dirty = plan.segments().stream()
                .filter(segment -> segment.nextOffset() > plan.firstDirtyOffset())
                .toList();
        this.segments = dirty.iterator();
        this.transactions = transactionsIn(dirty);
    }

    /**
     * Goes on until about {@code bytes} were read. Blocks on disk.
     *
     * @return whether the run is complete
     * @throws ThalwegException CORRUPT_MESSAGE for a segment that is not readable; the run cannot go on
     */
    public boolean advance(int bytes) throws IOException {
        long until = bytesRead + bytes;
        while (state != State.DONE && bytesRead < until) {
            if (state == State.MAPPING) {
                mapNext();
            } else {
                copyNext();
            }
        }
        return state == State.DONE;
    }

    /** The new segments, in order. */
    public List<CompactedSegment> results() {
        if (state != State.DONE) {
            throw new IllegalStateException("the run is not complete: state=" + state);
        }
        return List.copyOf(results);
    }

    /** Where the next run begins. */
    public long endOffset() {
        return endOffset;
    }

    public CompactionPlan plan() {
        return plan;
    }

    public long bytesRead() {
        return bytesRead;
    }

    public long bytesWritten() {
        return bytesWritten;
    }

    /** Ends the run; unless the results were swapped in, deletes what it wrote. */
    @Override
    public void close() throws IOException {
        closeReader();
        if (output != null) {
            output.file.close();
            fileSystem.delete(output.path);
            output = null;
        }
        for (CompactedSegment result : results) {
            // Renamed by now if it was swapped in.
            fileSystem.delete(result.file());
        }
    }

    private void mapNext() throws IOException {
        SegmentReader current = reader != null ? reader : openNext();
        if (current == null || full) {
            beginCopying();
            return;
        }
        int at = current.next();
        if (at < 0) {
            endOffset = Math.max(endOffset, current.segment.nextOffset());
            closeReader();
            return;
        }
        BatchHeader header = BatchHeader.read(current.window, at);
        bytesRead += header.sizeInBytes();
        boolean aborted = transactions.onBatch(current.window, at, header);
        if (header.lastOffset() < plan.firstDirtyOffset()) {
            return;
        }
        if (!aborted && !header.isControl() && !mapKeys(current.window, at)) {
            full = true;
            return;
        }
        endOffset = header.nextOffset();
    }

    /** False if the map is full; keys of the batch that were noted stay, and are right: the batch itself is kept. */
    private boolean mapKeys(ByteBuffer buffer, int at) {
        return RecordReader.forEachOf(buffer, at, ReadLimits.trusted(), new RecordVisitor() {
            @Override
            public boolean onRecord(DecodedRecord record) {
                ByteBuffer key = record.key();
                return key == null || record.offset() < plan.firstDirtyOffset() || keys.put(key, record.offset());
            }
        });
    }

    private void beginCopying() throws IOException {
        closeReader();
        if (full && endOffset <= plan.firstDirtyOffset()) {
            throw new ThalwegException(
                    ErrorCode.INVALID_CONFIG,
                    "compaction cannot go on: one batch at offset " + endOffset
                            + " has more keys than fit into mapBytes=" + settings.mapBytes());
        }
        segments = plan.segments().stream()
                .filter(segment -> segment.baseOffset() < endOffset)
                .iterator();
        transactions = transactionsIn(plan.segments());
        filter = new BatchFilter(
                keys, endOffset, nowMillis, settings.deleteRetentionMillis(), activeProducers, epochStarts);
        state = State.COPYING;
    }

    /** Not those that ended before: their markers would never come, and later data of their producers would seem aborted. */
    private TransactionTracker transactionsIn(List<ClosedSegment> read) {
        long from = read.isEmpty() ? plan.endOffset() : read.get(0).baseOffset();
        return new TransactionTracker(
                aborted.stream().filter(txn -> txn.lastOffset() >= from).toList());
    }

    private void copyNext() throws IOException {
        SegmentReader current = reader;
        if (current == null) {
            current = openNext();
            if (current == null) {
                finishOutput();
                state = State.DONE;
                return;
            }
            outputFor(current.segment);
        }
        int at = current.next();
        if (at < 0) {
            closeReader();
            return;
        }
        BatchHeader header = BatchHeader.read(current.window, at);
        bytesRead += header.sizeInBytes();
        boolean discardable = transactions.onBatch(current.window, at, header);
        ByteBuffer kept =
                Objects.requireNonNull(filter).filter(current.window, at, header, discardable, current.atEnd());
        if (kept != null) {
            Output target = Objects.requireNonNull(output);
            target.write(kept);
            AbortedTxn ended = transactions.ended();
            if (ended != null) {
                target.aborted.add(ended);
            }
        }
    }

    /** Begins a new file unless what stays of {@code segment} surely fits into the current one. */
    private void outputFor(ClosedSegment segment) throws IOException {
        Output current = output;
        if (current != null
                && (current.size + (long) segment.sizeInBytes() > settings.segmentBytes()
                        || segment.nextOffset() - current.baseOffset() > OFFSET_RANGE_MAX)) {
            finishOutput();
            current = null;
        }
        if (current == null) {
            Path path = segment.file().resolveSibling(segment.file().getFileName() + SUFFIX);
            fileSystem.delete(path);
            current = new Output(path, fileSystem.openForWrite(path));
            output = current;
        }
        current.replaced.add(segment);
    }

    private void finishOutput() throws IOException {
        Output current = output;
        if (current == null) {
            return;
        }
        current.flush();
        current.file.force(true);
        current.file.close();
        results.add(new CompactedSegment(current.path, current.replaced, current.size, current.aborted));
        bytesWritten += current.size;
        output = null;
    }

    private @Nullable SegmentReader openNext() throws IOException {
        if (!segments.hasNext()) {
            return null;
        }
        ClosedSegment segment = segments.next();
        reader = new SegmentReader(segment, fileSystem.openForRead(segment.file()));
        return reader;
    }

    private void closeReader() throws IOException {
        if (reader != null) {
            reader.file.close();
            reader = null;
        }
    }

    /** A file that is being written, through a buffer. */
    private static final class Output {
        private final Path path;
        private final FileHandle file;
        private final List<ClosedSegment> replaced = new ArrayList<>();
        private final List<AbortedTxn> aborted = new ArrayList<>();
        private final ByteBuffer buffer = ByteBuffer.allocate(OUTPUT_BYTES);
        private int size;
        private int flushed;

        Output(Path path, FileHandle file) {
            this.path = path;
            this.file = file;
        }

        long baseOffset() {
            return replaced.get(0).baseOffset();
        }

        void write(ByteBuffer batch) throws IOException {
            size = Math.addExact(size, batch.remaining());
            if (batch.remaining() > buffer.remaining()) {
                flush();
            }
            if (batch.remaining() > buffer.remaining()) {
                flushed += batch.remaining();
                file.write(batch, flushed - batch.remaining());
            } else {
                buffer.put(batch);
            }
        }

        void flush() throws IOException {
            buffer.flip();
            int count = buffer.remaining();
            file.write(buffer, flushed);
            flushed += count;
            buffer.clear();
        }
    }

    /** Walks the batches of a segment and verifies their checksums: damage must not be copied as if it were sound. */
    private static final class SegmentReader {
        private static final int WINDOW_BYTES = 256 << 10;

        private final ClosedSegment segment;
        private final FileHandle file;
        private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
        private long windowAt;
        private long position;

        SegmentReader(ClosedSegment segment, FileHandle file) {
            this.segment = segment;
            this.file = file;
        }

        /** The index of the next batch in {@link #window}, which holds all of it; -1 at the end. */
        int next() throws IOException {
            long left = segment.sizeInBytes() - position;
            if (left == 0) {
                return -1;
            }
            int at = left < BatchHeader.BYTES ? -1 : load(BatchHeader.BYTES);
            int size = at < 0 ? 0 : BatchHeader.sizeInBytes(window, at);
            if (size < BatchHeader.BYTES || size > left) {
                throw damaged();
            }
            at = load(size);
            if (at < 0
                    || BatchHeader.magic(window, at) != BatchHeader.CURRENT_MAGIC
                    || !BatchHeader.checksumMatches(window, at, size)) {
                throw damaged();
            }
            position += size;
            return at;
        }

        /** Whether the last batch was returned. */
        boolean atEnd() {
            return position == segment.sizeInBytes();
        }

        private int load(int bytes) throws IOException {
            if (position + bytes <= windowAt + window.limit()) {
                return (int) (position - windowAt);
            }
            if (bytes > window.capacity()) {
                window = ByteBuffer.allocate(bytes);
            }
            window.clear().limit((int) Math.min(window.capacity(), segment.sizeInBytes() - position));
            file.read(window, position);
            window.flip();
            windowAt = position;
            return window.limit() >= bytes ? 0 : -1;
        }

        private ThalwegException damaged() {
            return new ThalwegException(
                    ErrorCode.CORRUPT_MESSAGE,
                    "compaction met damage and stopped: file=" + segment.file().getFileName() + " position="
                            + position);
        }
    }
}
