package io.thalweg.gateway.http;

import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.api.FetchedPartition.AbortedTransaction;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.DecodedRecord;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.log.record.RecordVisitor;
import io.thalweg.log.record.TransactionMarker;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decodes one partition's fetched batches up to a number of records and bytes, without what transactions aborted. */
final class FetchedRecords implements RecordVisitor {
    private final FetchedPartition fetched;
    private final int recordsMax;
    private final long bytesMax;
    private final List<ReceivedRecord> records = new ArrayList<>();
    private final Deque<AbortedTransaction> abortedAhead;
    private final Set<Long> abortedProducers = new HashSet<>();
    private boolean control;
    private long controlProducer;
    private long nextOffset;
    private long batchEnd;
    private long bytes;

    private FetchedRecords(FetchedPartition fetched, long fromOffset, int recordsMax, long bytesMax) {
        this.fetched = fetched;
        this.recordsMax = recordsMax;
        this.bytesMax = bytesMax;
        this.nextOffset = fromOffset;
        this.batchEnd = fromOffset;
        List<AbortedTransaction> byOffset = new ArrayList<>(fetched.abortedTransactions());
        byOffset.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
        this.abortedAhead = new ArrayDeque<>(byOffset);
    }

    /**
     * @param batches copied out of {@code fetched}
     * @param recordsMax 1 or more
     * @param bytesMax of keys and values; the first record is returned even if it alone is larger
     */
    static FetchedRecords decode(
            FetchedPartition fetched, ByteBuffer batches, long fromOffset, int recordsMax, long bytesMax) {
        FetchedRecords decoded = new FetchedRecords(fetched, fromOffset, recordsMax, bytesMax);
        int read = RecordReader.forEach(batches, ReadLimits.trusted(), decoded);
        boolean stopped = decoded.full() && read < batches.remaining();
        if (!stopped) {
            decoded.nextOffset = Math.max(decoded.nextOffset, decoded.batchEnd);
        }
        return decoded;
    }

    List<ReceivedRecord> records() {
        return records;
    }

    /** Where to go on: behind the last record, and behind what was skipped after it. */
    long nextOffset() {
        return nextOffset;
    }

    /** Of keys and values. */
    long bytes() {
        return bytes;
    }

    private boolean full() {
        return records.size() >= recordsMax || bytes >= bytesMax;
    }

    @Override
    public boolean onBatch(BatchHeader batch) {
        if (full()) {
            // Its records are visited, so that the first one can stop the reader.
            return true;
        }
        batchEnd = batch.lastOffset() + 1;
        control = batch.isControl();
        if (control) {
            controlProducer = batch.producerId();
            return true;
        }
        while (!abortedAhead.isEmpty() && abortedAhead.element().firstOffset() <= batch.lastOffset()) {
            abortedProducers.add(abortedAhead.remove().producerId());
        }
        return !(batch.isTransactional() && abortedProducers.contains(batch.producerId()));
    }

    @Override
    public boolean onRecord(DecodedRecord record) {
        if (full()) {
            return false;
        }
        if (control) {
            TransactionMarker marker = TransactionMarker.of(record.key(), record.value());
            if (marker != null && !marker.commit()) {
                abortedProducers.remove(controlProducer);
            }
            return true;
        }
        if (record.offset() < nextOffset) {
            return true;
        }
        byte[] key = copy(record.key());
        byte[] value = copy(record.value());
        List<RecordHeader> headers = new ArrayList<>(record.headers().size());
        for (DecodedRecord.Header header : record.headers()) {
            headers.add(new RecordHeader(header.name(), copy(header.value())));
        }
        records.add(new ReceivedRecord(
                fetched.partition().topic(),
                fetched.partition().partition(),
                record.offset(),
                record.timestamp(),
                key,
                value,
                headers));
        bytes += (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        nextOffset = record.offset() + 1;
        return true;
    }

    private static byte @Nullable [] copy(@Nullable ByteBuffer view) {
        if (view == null) {
            return null;
        }
        byte[] bytes = new byte[view.remaining()];
        view.duplicate().get(bytes);
        return bytes;
    }
}
