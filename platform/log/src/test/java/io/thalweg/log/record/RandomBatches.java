package io.thalweg.log.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Batches as clients send them: each codec, with and without producers, keys, values and headers. */
final class RandomBatches {

    private RandomBatches() {}

    static ByteBuffer next(Random random, long now) {
        CompressionCodec codec = CompressionCodec.values()[random.nextInt(CompressionCodec.values().length)];
        BatchBuilder builder = BatchBuilder.of(codec);
        if (random.nextBoolean()) {
            builder.producer(random.nextInt(5), (short) random.nextInt(3), random.nextInt(100), random.nextBoolean());
        }
        int count = 1 + random.nextInt(20);
        for (int i = 0; i < count; i++) {
            builder.append(now - random.nextInt(1000), bytes(random, 20), bytes(random, 300), headers(random));
        }
        return builder.build();
    }

    private static List<BatchBuilder.Header> headers(Random random) {
        List<BatchBuilder.Header> headers = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            headers.add(new BatchBuilder.Header("h" + i, bytes(random, 10)));
        }
        return headers;
    }

    private static byte @Nullable [] bytes(Random random, int max) {
        if (random.nextInt(8) == 0) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(max)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(4));
        }
        return bytes;
    }
}
