package io.thalweg.log;

import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.log.record.ValidatedBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Batches for tests, and what is in a log. */
final class Batches {

    private Batches() {}

    /** One batch with a record for each value. */
    static ValidatedBatches of(long timestamp, String... values) {
        return validate(fill(BatchBuilder.uncompressed(), timestamp, values), AppendOrigin.CLIENT, timestamp);
    }

    static ValidatedBatches idempotent(
            long timestamp, long producerId, int epoch, int sequence, boolean transactional, String... values) {
        BatchBuilder builder = BatchBuilder.uncompressed().producer(producerId, (short) epoch, sequence, transactional);
        return validate(fill(builder, timestamp, values), AppendOrigin.CLIENT, timestamp);
    }

    static ValidatedBatches marker(long timestamp, long producerId, int epoch, boolean commit, int coordinatorEpoch) {
        ByteBuffer batch = BatchBuilder.transactionMarker(
                timestamp, producerId, (short) epoch, new TransactionMarker(commit, coordinatorEpoch));
        return validate(batch, AppendOrigin.COORDINATOR, timestamp);
    }

    private static ByteBuffer fill(BatchBuilder builder, long timestamp, String... values) {
        for (String value : values) {
            builder.append(timestamp, null, value.getBytes(StandardCharsets.UTF_8));
        }
        return builder.build();
    }

    private static ValidatedBatches validate(ByteBuffer batch, AppendOrigin origin, long now) {
        return BatchValidator.validate(batch, LogConfig.defaults().validationRules(), origin, now);
    }

    /** {@code offset=value} of each record from {@code from} on, read as a consumer would. */
    static List<String> read(PartitionLog log, long from, int maxBytes) throws IOException {
        List<String> found = new ArrayList<>();
        long offset = from;
        while (offset < log.logEndOffset()) {
            LogRead read = log.read(offset, maxBytes, log.logEndOffset(), true);
            ByteBuffer bytes = bytes(read);
            long wanted = offset;
            RecordReader.forEach(bytes, ReadLimits.defaults(), record -> {
                if (record.offset() >= wanted) {
                    found.add(record.offset() + "=" + StandardCharsets.UTF_8.decode(record.value()));
                }
                return true;
            });
            if (read.nextOffset() <= offset) {
                throw new AssertionError("no progress: offset=" + offset + " nextOffset=" + read.nextOffset());
            }
            if (bytes.limit() > 0 && read.nextOffset() != lastOffset(bytes) + 1) {
                throw new AssertionError("nextOffset=" + read.nextOffset() + " lastOffset=" + lastOffset(bytes));
            }
            offset = read.nextOffset();
        }
        return found;
    }

    private static long lastOffset(ByteBuffer bytes) {
        long last = -1;
        for (int at = 0; at < bytes.limit(); at += BatchHeader.sizeInBytes(bytes, at)) {
            last = BatchHeader.lastOffset(bytes, at);
        }
        return last;
    }

    static ByteBuffer bytes(LogRead read) throws IOException {
        try (RecordSlices records = read.records()) {
            ByteBuffer bytes = ByteBuffer.allocate(records.sizeInBytes());
            records.copyTo(bytes);
            return bytes.flip();
        }
    }
}
