package io.thalweg.connectors.runtime.source;

import io.thalweg.client.OutgoingRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of one partition that are appended together. */
final class Chunk {

    /** About what a record adds to its key and value. */
    private static final int RECORD_OVERHEAD_BYTES = 32;

    /** Sequence of the first record. */
    int first;

    final List<OutgoingRecord> records = new ArrayList<>();
    private final List<SourceDelivery> deliveries = new ArrayList<>();
    long bytes;

    /** Of the last attempt; null while that has no outcome. */
    @Nullable
    Throwable failure;

    Chunk(int first) {
        this.first = first;
    }

    static long bytesOf(OutgoingRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        long bytes = RECORD_OVERHEAD_BYTES;
        bytes += key == null ? 0 : key.length;
        bytes += value == null ? 0 : value.length;
        for (OutgoingRecord.RecordHeader header : record.headers()) {
            byte[] headerValue = header.value();
            bytes += 10L + header.key().length() + (headerValue == null ? 0 : headerValue.length);
        }
        return bytes;
    }

    void add(OutgoingRecord record, SourceDelivery delivery) {
        records.add(record);
        deliveries.add(delivery);
        bytes += bytesOf(record);
    }

    int count() {
        return records.size();
    }

    /** What the first record belongs to. */
    SourceDelivery firstDelivery() {
        return deliveries.get(0);
    }

    int next() {
        return Sequences.plus(first, count());
    }

    /** Tells the first {@code count} records' deliveries that they have an outcome, and leaves them out. */
    void settleFirst(int count, LaneHost host, boolean published) {
        long settledBytes = 0;
        for (int i = 0; i < count; i++) {
            deliveries.get(i).outstanding--;
            settledBytes += bytesOf(records.get(i));
        }
        records.subList(0, count).clear();
        deliveries.subList(0, count).clear();
        bytes -= settledBytes;
        first = Sequences.plus(first, count);
        host.onSettled(count, settledBytes, published);
    }

    /** The second half, which this chunk is then without. */
    Chunk splitOff() {
        int at = count() / 2;
        Chunk second = new Chunk(Sequences.plus(first, at));
        for (int i = at; i < count(); i++) {
            second.add(records.get(i), deliveries.get(i));
        }
        records.subList(at, count()).clear();
        deliveries.subList(at, deliveries.size()).clear();
        bytes -= second.bytes;
        return second;
    }
}
