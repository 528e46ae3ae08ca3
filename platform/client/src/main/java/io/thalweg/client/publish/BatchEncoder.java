package io.thalweg.client.publish;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchBuilder.Header;
import io.thalweg.log.record.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Turns a {@link ProduceBatch} into the bytes of Kafka's record batch. */
final class BatchEncoder {

    private static final int MAX_EXPECTED_BYTES = 64 << 20;

    private BatchEncoder() {}

    /** @param producerId not used for a batch that is not numbered */
    static ByteBuffer encode(ProduceBatch batch, long producerId) {
        BatchBuilder builder =
                BatchBuilder.uncompressed((int) Math.min(batch.bytes() + BatchHeader.BYTES, MAX_EXPECTED_BYTES));
        if (batch.baseSequence >= 0) {
            builder.producer(producerId, batch.producerEpoch, batch.baseSequence, false);
        }
        for (int i = 0; i < batch.count(); i++) {
            OutgoingRecord record = batch.record(i).record();
            builder.append(batch.record(i).timestampMillis(), record.key(), record.value(), headers(record.headers()));
        }
        return builder.build();
    }

    /** Records of one partition whose first has this sequence; those without a timestamp get the present one. */
    static ByteBuffer encode(List<OutgoingRecord> records, long producerId, short epoch, int firstSequence) {
        long bytes = BatchHeader.BYTES;
        for (OutgoingRecord record : records) {
            bytes += ProduceBatch.bytesOf(record);
        }
        BatchBuilder builder = BatchBuilder.uncompressed((int) Math.min(bytes, MAX_EXPECTED_BYTES))
                .producer(producerId, epoch, firstSequence, false);
        long now = System.currentTimeMillis();
        for (OutgoingRecord record : records) {
            long timestamp = record.timestampMillis() < 0 ? now : record.timestampMillis();
            builder.append(timestamp, record.key(), record.value(), headers(record.headers()));
        }
        return builder.build();
    }

    private static List<Header> headers(List<RecordHeader> headers) {
        if (headers.isEmpty()) {
            return List.of();
        }
        List<Header> converted = new ArrayList<>(headers.size());
        for (RecordHeader header : headers) {
            converted.add(new Header(header.key(), header.value()));
        }
        return converted;
    }
}
