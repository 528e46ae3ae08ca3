package io.thalweg.benchmarks.log;

import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.CompressionCodec;
import java.nio.ByteBuffer;
import java.util.Random;

/** Batches as producers send them. */
final class Batches {

    private Batches() {}

    /** About {@code batchBytes} of records with values of {@code valueBytes}, in direct memory as a door receives them. */
    static ByteBuffer of(CompressionCodec codec, int batchBytes, int valueBytes) {
        Random random = new Random(1);
        BatchBuilder builder = BatchBuilder.of(codec);
        byte[] value = new byte[valueBytes];
        while (builder.sizeInBytes() + valueBytes + 10 <= batchBytes) {
            for (int i = 0; i < valueBytes; i++) {
                value[i] = (byte) ('a' + random.nextInt(26));
            }
            builder.append(System.currentTimeMillis(), null, value.clone());
        }
        ByteBuffer batch = builder.build();
        return ByteBuffer.allocateDirect(batch.remaining()).put(batch).flip();
    }
}
