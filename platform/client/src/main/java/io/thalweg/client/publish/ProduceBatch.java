package io.thalweg.client.publish;

import io.thalweg.broker.api.AppendResult;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Records of one partition that are appended together. Holds the records until they have an outcome, so that a batch can
 * be numbered anew or split; it is encoded when it is sent.
 */
final class ProduceBatch {

    /** About what a record adds to its key, value and headers. */
    private static final int RECORD_OVERHEAD_BYTES = 32;

    private final List<AcceptedRecord> records = new ArrayList<>();
    private long bytes;

    final FlushGeneration generation;

    /** On the monotonic clock. */
    final long deadlineMillis;

    /** No further record joins: it was sent, split off, or a flush waits for it. */
    boolean sealed;

    /** First sequence, -1 before it is numbered. */
    int baseSequence = -1;

    short producerEpoch = -1;
    int attempts;

    /** Of the last attempt; null while that has no outcome. */
    @Nullable
    Throwable failure;

    /** An attempt ended without telling whether the batch is in the log. */
    boolean maybeAppended;

    /** The callers were told; what is left is to learn where the sequences stand. */
    boolean told;

    ProduceBatch(FlushGeneration generation, long deadlineMillis) {
        this.generation = generation;
        this.deadlineMillis = deadlineMillis;
    }

    /** What a record counts for in the buffer and in a batch. */
    static long bytesOf(OutgoingRecord record) {
        long bytes = RECORD_OVERHEAD_BYTES;
        byte[] key = record.key();
        byte[] value = record.value();
        bytes += key == null ? 0 : key.length;
        bytes += value == null ? 0 : value.length;
        List<RecordHeader> headers = record.headers();
        if (!headers.isEmpty()) {
            for (RecordHeader header : headers) {
                byte[] headerValue = header.value();
                bytes += 10 + header.key().length() + (headerValue == null ? 0 : headerValue.length);
            }
        }
        return bytes;
    }

    void add(AcceptedRecord accepted) {
        records.add(accepted);
        bytes += accepted.bytes();
    }

    boolean hasRoom(long recordBytes, int batchBytesMax) {
        return !sealed && bytes + recordBytes <= batchBytesMax;
    }

    int count() {
        return records.size();
    }

    long bytes() {
        return bytes;
    }

    AcceptedRecord record(int i) {
        return records.get(i);
    }

    void acknowledge(int partition, AppendResult result) {
        told = true;
        boolean stamped = result.logAppendTimeMillis() >= 0;
        for (int i = 0; i < records.size(); i++) {
            AcceptedRecord accepted = records.get(i);
            long offset = result.baseOffset() < 0 ? -1 : result.baseOffset() + i;
            long timestamp = stamped ? result.logAppendTimeMillis() : accepted.timestampMillis();
            accepted.delivery().acknowledged(accepted.index(), accepted.record(), partition, offset, timestamp);
        }
    }

    void fail(Throwable cause) {
        told = true;
        for (AcceptedRecord accepted : records) {
            accepted.delivery().failed(accepted.index(), cause);
        }
    }

    /** The records whose place {@code wanted} accepts, as a batch that is not numbered yet. */
    ProduceBatch part(IntPredicate wanted) {
        ProduceBatch part = new ProduceBatch(generation, deadlineMillis);
        part.sealed = true;
        for (int i = 0; i < records.size(); i++) {
            if (wanted.test(i)) {
                part.add(records.get(i));
            }
        }
        return part;
    }
}
