package io.thalweg.client.consume;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What one fetch brought for one partition, decoded one batch at a time. */
final class FetchedChunk {

    private final TopicPartition partition;
    private final ByteBuffer bytes;
    private final long fromOffset;
    private final boolean committedOnly;
    private final List<AbortedTransaction> aborted;
    private final Set<Long> abortedProducers = new HashSet<>();
    private int abortedIndex;
    private int at;
    private long nextOffset;

    /** @param fromOffset where the fetch began; a batch may begin before */
    FetchedChunk(
            TopicPartition partition,
            ByteBuffer bytes,
            long fromOffset,
            IsolationLevel isolation,
            List<AbortedTransaction> aborted) {
        this.partition = partition;
        this.bytes = bytes;
        this.fromOffset = fromOffset;
        this.nextOffset = fromOffset;
        this.committedOnly = isolation == IsolationLevel.READ_COMMITTED;
        this.aborted = aborted.stream()
                .sorted(Comparator.comparingLong(AbortedTransaction::firstOffset))
                .toList();
    }

    int sizeInBytes() {
        return bytes.limit();
    }

    /** The offset after the last whole batch, or where the fetch began if there is none. */
    long endOffset() {
        long end = fromOffset;
        for (int i = 0; whole(i); i += BatchHeader.sizeInBytes(bytes, i)) {
            end = BatchHeader.lastOffset(bytes, i) + 1;
        }
        return end;
    }

    /** The offset after the batch that was decoded last. */
    long nextOffset() {
        return nextOffset;
    }

    /**
     * The records of the next batch; empty if it holds none for this reader; null at the end.
     *
     * @throws io.thalweg.log.error.ThalwegException CORRUPT_MESSAGE, INVALID_RECORD, MESSAGE_TOO_LARGE; the chunk is of
     *     no further use
     */
    @Nullable
    List<ReceivedRecord> nextBatch() {
        if (!whole(at)) {
            return null;
        }
        int size = BatchHeader.sizeInBytes(bytes, at);
        BatchVisitor visitor = new BatchVisitor(at);
        RecordReader.forEach(bytes.slice(at, size), ReadLimits.defaults(), visitor);
        nextOffset = BatchHeader.lastOffset(bytes, at) + 1;
        at += size;
        return visitor.records;
    }

    private boolean whole(int index) {
        int left = bytes.limit() - index;
        if (left < BatchHeader.BYTES) {
            return false;
        }
        int size = BatchHeader.sizeInBytes(bytes, index);
        return size >= BatchHeader.BYTES && size <= left;
    }

    private final class BatchVisitor implements RecordVisitor {
        private final int begin;
        private final List<ReceivedRecord> records = new ArrayList<>();

        private BatchVisitor(int begin) {
            this.begin = begin;
        }

        @Override
        public boolean onBatch(BatchHeader batch) {
            if (batch.isControl()) {
                onControl(batch);
                return false;
            }
            if (!committedOnly || !batch.isTransactional()) {
                return true;
            }
            takeAbortedUpTo(batch.lastOffset());
            return !abortedProducers.contains(batch.producerId());
        }

        private void onControl(BatchHeader batch) {
            if (!committedOnly || !batch.isTransactional()) {
                return;
            }
            takeAbortedUpTo(batch.lastOffset());
            TransactionMarker marker = TransactionMarker.read(bytes, begin);
            if (marker != null && !marker.commit()) {
                abortedProducers.remove(batch.producerId());
            }
        }

        private void takeAbortedUpTo(long offset) {
            while (abortedIndex < aborted.size() && aborted.get(abortedIndex).firstOffset() <= offset) {
                abortedProducers.add(aborted.get(abortedIndex++).producerId());
            }
        }

        @Override
        public boolean onRecord(DecodedRecord record) {
            if (record.offset() >= fromOffset) {
                records.add(new ReceivedRecord(
                        partition.topic(),
                        partition.partition(),
                        record.offset(),
                        record.timestamp(),
                        copy(record.key()),
                        copy(record.value()),
                        headers(record.headers())));
            }
            return true;
        }

        private List<RecordHeader> headers(List<DecodedRecord.Header> headers) {
            if (headers.isEmpty()) {
                return List.of();
            }
            List<RecordHeader> copies = new ArrayList<>(headers.size());
            for (DecodedRecord.Header header : headers) {
                copies.add(new RecordHeader(header.name(), copy(header.value())));
            }
            return List.copyOf(copies);
        }

        private byte @Nullable [] copy(@Nullable ByteBuffer field) {
            if (field == null) {
                return null;
            }
            byte[] copy = new byte[field.remaining()];
            field.get(field.position(), copy);
            return copy;
        }
    }
}
