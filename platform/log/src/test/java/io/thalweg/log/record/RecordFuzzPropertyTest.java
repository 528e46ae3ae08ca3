package io.thalweg.log.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.Seeds;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Whatever the bytes are, validating and reading them ends in a result or a {@link ThalwegException}, in bounded
 * memory; and what was accepted reads the same here as with Kafka's own classes.
 */
class RecordFuzzPropertyTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final int INFLATED_BYTES_MAX = 1 << 20;
    private static final ValidationRules RULES =
            new ValidationRules(1 << 16, 1 << 20, false, false, Long.MAX_VALUE, 3_600_000, null);
    private static final ReadLimits LIMITS = new ReadLimits(INFLATED_BYTES_MAX, false);

    /** Inflated once, with room for the growth of the target and the windows of the decoders. */
    private static final long ALLOCATED_BYTES_MAX = 16L * INFLATED_BYTES_MAX;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Seeds(count = 40)
    void mutatedBatchesAreReadOrRefused(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            ByteBuffer batch = RandomBatches.next(random, NOW);
            int changes = 1 + random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                mutate(batch, random);
            }
            boolean mended = random.nextInt(4) != 0;
            if (mended) {
                mend(batch);
            }
            check(batch, random);
        }
    }

    @Seeds(count = 10)
    void randomBytesAreReadOrRefused(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            ByteBuffer batch = ByteBuffer.wrap(bytes);
            if (bytes.length >= BatchHeader.BYTES && random.nextBoolean()) {
                batch.put(BatchHeader.MAGIC, BatchHeader.CURRENT_MAGIC)
                        .putLong(BatchHeader.BASE_OFFSET, 0)
                        .putLong(BatchHeader.PRODUCER_ID, -1)
                        .putShort(BatchHeader.ATTRIBUTES, (short) random.nextInt(5));
                mend(batch);
            }
            check(batch, random);
        }
    }

    @Seeds(count = 20)
    void aBatchWithAWrongChecksumIsNeverAccepted(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            ByteBuffer batch = RandomBatches.next(random, NOW);
            int bit = 8 * BatchHeader.CRC + random.nextInt(8 * (batch.limit() - BatchHeader.CRC));
            batch.put(bit / 8, (byte) (batch.get(bit / 8) ^ (1 << (bit % 8))));
            for (AppendOrigin origin : AppendOrigin.values()) {
                assertThat(validate(batch, origin)).isNull();
            }
        }
    }

    private static void check(ByteBuffer batch, Random random) {
        ByteBuffer input = random.nextBoolean() ? direct(batch) : batch;
        ByteBuffer before = copy(input);
        long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
        ValidatedBatches valid =
                validate(input, random.nextInt(4) == 0 ? AppendOrigin.COORDINATOR : AppendOrigin.CLIENT);
        List<Decoded> ours = read(input);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore).isLessThan(ALLOCATED_BYTES_MAX);
        assertThat(input).isEqualTo(before);
        if (valid != null) {
            assertThat(BatchHeader.checksumMatches(input, 0, input.limit())).isTrue();
            assertThat(ours).isNotNull().hasSize(valid.recordCount());
            List<org.apache.kafka.common.record.internal.Record> kafkas = new ArrayList<>();
            MemoryRecords.readableRecords(copy(input)).records().forEach(kafkas::add);
            assertThat(kafkas).hasSize(valid.recordCount());
            for (int i = 0; i < kafkas.size(); i++) {
                assertSame(ours.get(i), kafkas.get(i));
            }
        }
    }

    private record Decoded(
            long offset,
            long timestamp,
            @Nullable ByteBuffer key,
            @Nullable ByteBuffer value,
            int headers) {}

    private static void assertSame(Decoded ours, org.apache.kafka.common.record.internal.Record kafkas) {
        assertThat(ours)
                .isEqualTo(new Decoded(
                        kafkas.offset(), kafkas.timestamp(), kafkas.key(), kafkas.value(), kafkas.headers().length));
    }

    private static @Nullable ValidatedBatches validate(ByteBuffer batch, AppendOrigin origin) {
        try {
            return BatchValidator.validate(batch, RULES, origin, NOW);
        } catch (ThalwegException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return null;
        }
    }

    private static @Nullable List<Decoded> read(ByteBuffer batch) {
        List<Decoded> records = new ArrayList<>();
        try {
            RecordReader.forEach(batch, LIMITS, new RecordVisitor() {
                @Override
                public boolean onBatch(BatchHeader header) {
                    return true;
                }

                @Override
                public boolean onRecord(DecodedRecord record) {
                    return records.add(new Decoded(
                            record.offset(),
                            record.timestamp(),
                            record.key(),
                            record.value(),
                            record.headers().size()));
                }
            });
            return records;
        } catch (ThalwegException refused) {
            return null;
        }
    }

    private static void mutate(ByteBuffer batch, Random random) {
        // Most changes fall where structure is: the header and the first records.
        int range = random.nextBoolean() ? batch.limit() : Math.min(batch.limit(), 110);
        int at = random.nextInt(range);
        switch (random.nextInt(4)) {
            case 0 -> batch.put(at, (byte) (batch.get(at) ^ (1 << random.nextInt(8))));
            case 1 -> batch.put(at, (byte) random.nextInt(256));
            case 2 -> batch.put(at, (byte) (random.nextBoolean() ? 0xff : 0x7f));
            default -> {
                if (at + 4 <= batch.limit()) {
                    batch.putInt(at, random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt());
                }
            }
        }
    }

    private static void mend(ByteBuffer batch) {
        batch.putInt(BatchHeader.LENGTH, batch.limit() - BatchHeader.LOG_OVERHEAD);
        batch.putInt(BatchHeader.CRC, BatchHeader.checksum(batch, 0, batch.limit()));
    }

    private static ByteBuffer copy(ByteBuffer batch) {
        return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    }

    private static ByteBuffer direct(ByteBuffer batch) {
        return ByteBuffer.allocateDirect(batch.remaining())
                .put(batch.duplicate())
                .flip();
    }
}
