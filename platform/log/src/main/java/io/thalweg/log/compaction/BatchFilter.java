package io.thalweg.log.compaction;

import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.DecodedRecord;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.log.record.RecordVisitor;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what stays of a batch. Rules: Kafka's Cleaner; KIP-280's offset strategy, KIP-534 for delete horizons.
 */
final class BatchFilter {

    private final KeyOffsets keys;
    private final long endOffset;
    private final long nowMillis;
    private final long deleteRetentionMillis;
    private final Map<Long, LastOfProducer> activeProducers;
    private final Set<Long> epochStarts;

    /**
     * @param endOffset records from here on are not in {@code keys} and stay
     * @param activeProducers the last thing that each producer wrote which the log still knows
     * @param epochStarts where leader epochs begin
     */
    BatchFilter(
            KeyOffsets keys,
            long endOffset,
            long nowMillis,
            long deleteRetentionMillis,
            Map<Long, LastOfProducer> activeProducers,
            Set<Long> epochStarts) {
        this.keys = keys;
        this.endOffset = endOffset;
        this.nowMillis = nowMillis;
        this.deleteRetentionMillis = deleteRetentionMillis;
        this.activeProducers = activeProducers;
        this.epochStarts = epochStarts;
    }

    /**
     * What stays of the batch at {@code at}: null for nothing, a view of it if it stays as it is, or a new one.
     *
     * @param discardable the answer of {@link TransactionTracker#onBatch} for this batch
     * @param lastOfSegment it stays, if need be empty, so that a segment always tells where it ended
     */
    @Nullable
    ByteBuffer filter(ByteBuffer buffer, int at, BatchHeader header, boolean discardable, boolean lastOfSegment) {
        boolean horizonPassed = header.hasDeleteHorizon() && header.baseTimestamp() <= nowMillis;
        boolean dropRecords = discardable && (!header.isControl() || horizonPassed);
        // A follower learns from the first batch of an epoch where that begins; else it could not tell another that
        // holds
        // records of the epoch from one that went its own way.
        boolean keepEmpty = lastOfSegment
                || header.nextOffset() == endOffset
                || epochStarts.contains(header.baseOffset())
                || isLastOfItsProducer(header);
        if (dropRecords) {
            return keepEmpty
                    ? BatchBuilder.like(header, BatchHeader.NO_TIMESTAMP).build()
                    : null;
        }
        if (header.recordCount() == 0) {
            return keepEmpty ? whole(buffer, at, header) : null;
        }
        Selection selection = new Selection(header, horizonPassed);
        RecordReader.forEachOf(buffer, at, ReadLimits.trusted(), selection);
        if (selection.kept == 0) {
            return keepEmpty
                    ? BatchBuilder.like(header, BatchHeader.NO_TIMESTAMP).build()
                    : null;
        }
        boolean needsHorizon =
                !header.hasDeleteHorizon() && (selection.keptTombstone || (discardable && header.isControl()));
        if (selection.kept == header.recordCount() && !needsHorizon) {
            return whole(buffer, at, header);
        }
        long horizon = header.hasDeleteHorizon()
                ? header.baseTimestamp()
                : needsHorizon ? nowMillis + deleteRetentionMillis : BatchHeader.NO_TIMESTAMP;
        Rebuilding rebuilding = new Rebuilding(BatchBuilder.like(header, horizon), selection);
        RecordReader.forEachOf(buffer, at, ReadLimits.trusted(), rebuilding);
        return rebuilding.builder.build();
    }

    private static ByteBuffer whole(ByteBuffer buffer, int at, BatchHeader header) {
        return buffer.slice(at, header.sizeInBytes());
    }

    private boolean isLastOfItsProducer(BatchHeader header) {
        LastOfProducer last = header.hasProducerId() ? activeProducers.get(header.producerId()) : null;
        if (last == null) {
            return false;
        }
        return last.hasData()
                ? header.lastOffset() == last.lastDataOffset()
                : header.isControl() && header.producerEpoch() == last.producerEpoch();
    }

    private boolean stays(BatchHeader header, DecodedRecord record, boolean horizonPassed) {
        if (header.isControl() || record.offset() >= endOffset) {
            return true;
        }
        ByteBuffer key = record.key();
        if (key == null) {
            // From a time before the topic was compacted: nothing can ever replace it.
            return false;
        }
        return record.offset() >= keys.latest(key) && (record.value() != null || !horizonPassed);
    }

    /** The first pass over a batch: how many records stay. Most batches stay whole or go whole. */
    private final class Selection implements RecordVisitor {
        private final BatchHeader header;
        private final boolean horizonPassed;
        private int kept;
        private boolean keptTombstone;

        Selection(BatchHeader header, boolean horizonPassed) {
            this.header = header;
            this.horizonPassed = horizonPassed;
        }

        @Override
        public boolean onBatch(BatchHeader batch) {
            return true;
        }

        @Override
        public boolean onRecord(DecodedRecord record) {
            if (stays(header, record, horizonPassed)) {
                kept++;
                keptTombstone |= !header.isControl() && record.value() == null;
            }
            return true;
        }
    }

    private final class Rebuilding implements RecordVisitor {
        private final BatchBuilder builder;
        private final Selection selection;

        Rebuilding(BatchBuilder builder, Selection selection) {
            this.builder = builder;
            this.selection = selection;
        }

        @Override
        public boolean onBatch(BatchHeader batch) {
            return true;
        }

        @Override
        public boolean onRecord(DecodedRecord record) {
            if (stays(selection.header, record, selection.horizonPassed)) {
                builder.keep(record);
            }
            return true;
        }
    }
}
