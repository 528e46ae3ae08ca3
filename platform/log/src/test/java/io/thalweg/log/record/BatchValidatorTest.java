package io.thalweg.log.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.InvalidRecordException;
import io.thalweg.log.error.ThalwegException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchValidatorTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final ValidationRules RULES = ValidationRules.defaults();

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void aRightBatchPassesFromAnyKindOfMemoryAndStaysAsItIs(CompressionCodec codec) {
        ByteBuffer batch = batch(codec, 100);
        byte[] before = bytes(batch);
        ByteBuffer direct = ByteBuffer.allocateDirect(batch.remaining() + 20).position(7);
        direct.put(batch.duplicate()).flip().position(7);

        for (ByteBuffer input : new ByteBuffer[] {batch, direct, direct.asReadOnlyBuffer(), batch.asReadOnlyBuffer()}) {
            int position = input.position();
            int limit = input.limit();
            ValidatedBatches valid = BatchValidator.validate(input, RULES, NOW);
            assertThat(valid.recordCount()).isEqualTo(100);
            assertThat(valid.maxTimestamp()).isEqualTo(NOW + 99);
            assertThat(input.position()).isEqualTo(position);
            assertThat(input.limit()).isEqualTo(limit);
            assertThat(bytes(input)).isEqualTo(before);
        }
    }

    @Test
    void copyingAssignsOffsetAndEpochAndKeepsTheChecksum() {
        ValidatedBatches valid = BatchValidator.validate(batch(CompressionCodec.NONE, 3), RULES, NOW);
        ByteBuffer target = ByteBuffer.allocateDirect(valid.sizeInBytes() + 10);

        valid.copyTo(target, 10, 5_000_000_000L, 12, NOW);

        MutableRecordBatch stored = stored(target, 10, valid.sizeInBytes());
        assertThat(stored.isValid()).isTrue();
        assertThat(stored.baseOffset()).isEqualTo(5_000_000_000L);
        assertThat(stored.lastOffset()).isEqualTo(5_000_000_002L);
        assertThat(stored.partitionLeaderEpoch()).isEqualTo(12);
    }

    @Test
    void copyingSetsTheTimeOfAppendWhereTheTopicAsksForIt() {
        ValidationRules rules = new ValidationRules(1 << 20, 1 << 20, false, true, 0, 0, null);
        ValidatedBatches valid = BatchValidator.validate(batch(CompressionCodec.GZIP, 3), rules, NOW + 5_000_000);
        ByteBuffer target = ByteBuffer.allocate(valid.sizeInBytes());

        valid.copyTo(target, 0, 1, 1, NOW + 77);

        MutableRecordBatch stored = stored(target, 0, valid.sizeInBytes());
        assertThat(stored.isValid()).isTrue();
        assertThat(stored.maxTimestamp()).isEqualTo(NOW + 77);
        stored.forEach(record -> assertThat(record.timestamp()).isEqualTo(NOW + 77));
    }

    @Test
    void aWrongLargestTimestampIsMended() {
        ByteBuffer batch = patched(b -> b.putLong(BatchHeader.MAX_TIMESTAMP, 5));
        ValidatedBatches valid = BatchValidator.validate(batch, RULES, NOW);
        ByteBuffer target = ByteBuffer.allocate(valid.sizeInBytes());

        valid.copyTo(target, 0, 1, 1, NOW);

        assertThat(stored(target, 0, valid.sizeInBytes()).isValid()).isTrue();
        assertThat(BatchHeader.maxTimestamp(target, 0)).isEqualTo(NOW + 2);
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void aTopicsCodecIsApplied(CompressionCodec codec) {
        ValidationRules rules = new ValidationRules(1 << 20, 1 << 20, false, false, Long.MAX_VALUE, 3_600_000, codec);
        for (CompressionCodec sent : CompressionCodec.values()) {
            ValidatedBatches valid = BatchValidator.validate(batch(sent, 50), rules, NOW);
            assertThat(valid.header().codec()).isEqualTo(codec);
            ValidatedBatches again = BatchValidator.validate(valid.bytes(), rules, NOW);
            assertThat(again.recordCount()).isEqualTo(50);
            assertThat(again.maxTimestamp()).isEqualTo(NOW + 49);
        }
    }

    @Test
    void wrongFramesAreRefused() {
        assertRefused(ByteBuffer.allocate(0), ErrorCode.INVALID_RECORD);
        assertRefused(ByteBuffer.allocate(60), ErrorCode.CORRUPT_MESSAGE);
        assertRefused(patched(b -> b.put(BatchHeader.MAGIC, (byte) 1)), ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT);
        assertRefused(patched(b -> b.putInt(BatchHeader.LENGTH, 1 << 30)), ErrorCode.CORRUPT_MESSAGE);
        assertRefused(patched(b -> b.putInt(BatchHeader.LENGTH, -5)), ErrorCode.CORRUPT_MESSAGE);
        ByteBuffer wrongChecksum = batch(CompressionCodec.NONE, 3);
        wrongChecksum.put(70, (byte) (wrongChecksum.get(70) ^ 1));
        assertRefused(wrongChecksum, ErrorCode.CORRUPT_MESSAGE);
        ByteBuffer one = batch(CompressionCodec.NONE, 1);
        ByteBuffer two = ByteBuffer.allocate(2 * one.remaining())
                .put(one.duplicate())
                .put(one)
                .flip();
        assertRefused(two, ErrorCode.INVALID_RECORD);
    }

    @Test
    void sizesAreBounded() {
        ByteBuffer batch = batch(CompressionCodec.NONE, 100);
        int size = batch.remaining();
        assertRefused(batch, rules(size - 1, size), ErrorCode.MESSAGE_TOO_LARGE);
        assertRefused(batch, rules(size, size - 1), ErrorCode.RECORD_LIST_TOO_LARGE);
        assertThat(BatchValidator.validate(batch, rules(size, size), NOW).sizeInBytes())
                .isEqualTo(size);
    }

    @Test
    void wrongHeadersAreRefused() {
        assertRefused(patched(b -> b.putLong(BatchHeader.BASE_OFFSET, 1)), ErrorCode.INVALID_RECORD);
        assertRefused(patched(b -> b.putInt(BatchHeader.RECORD_COUNT, 2)), ErrorCode.INVALID_RECORD);
        assertRefused(patched(b -> b.putInt(BatchHeader.LAST_OFFSET_DELTA, 3)), ErrorCode.INVALID_RECORD);
        assertRefused(
                patched(b -> b.putInt(BatchHeader.RECORD_COUNT, 0).putInt(BatchHeader.LAST_OFFSET_DELTA, -1)),
                ErrorCode.INVALID_RECORD);
        assertRefused(
                patched(b -> b.putInt(BatchHeader.RECORD_COUNT, 2).putInt(BatchHeader.LAST_OFFSET_DELTA, 1)),
                ErrorCode.INVALID_RECORD);
        assertRefused(
                patched(b -> b.putInt(BatchHeader.RECORD_COUNT, 4).putInt(BatchHeader.LAST_OFFSET_DELTA, 3)),
                ErrorCode.INVALID_RECORD);
        assertRefused(
                patched(b -> b.putShort(BatchHeader.ATTRIBUTES, (short) 5)), ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
        assertRefused(patched(b -> b.putShort(BatchHeader.ATTRIBUTES, (short) 0x08)), ErrorCode.INVALID_TIMESTAMP);
        assertRefused(patched(b -> b.putShort(BatchHeader.ATTRIBUTES, (short) 0x10)), ErrorCode.INVALID_RECORD);
        assertRefused(patched(b -> b.putShort(BatchHeader.ATTRIBUTES, (short) 0x40)), ErrorCode.INVALID_RECORD);
        assertRefused(patched(b -> b.putLong(BatchHeader.PRODUCER_ID, 4)), ErrorCode.INVALID_RECORD);
        assertRefused(patched(b -> b.putLong(BatchHeader.PRODUCER_ID, -4)), ErrorCode.INVALID_RECORD);
    }

    @Test
    void onlyCoordinatorsWriteControlBatches() {
        ByteBuffer marker = BatchBuilder.transactionMarker(NOW, 9, (short) 4, new TransactionMarker(true, 1));
        assertRefused(marker, ErrorCode.INVALID_RECORD);
        assertThat(BatchValidator.validate(marker, RULES, AppendOrigin.COORDINATOR, NOW)
                        .isControl())
                .isTrue();
    }

    @Test
    void aCompactedTopicNamesTheRecordsWithoutAKey() {
        ByteBuffer batch = BatchBuilder.uncompressed()
                .append(NOW, "k".getBytes(UTF_8), null)
                .append(NOW, null, "v".getBytes(UTF_8))
                .append(NOW, new byte[0], null)
                .append(NOW, null, null)
                .build();
        ValidationRules rules = new ValidationRules(1 << 20, 1 << 20, true, false, Long.MAX_VALUE, 3_600_000, null);
        InvalidRecordException refused =
                catchThrowableOfType(InvalidRecordException.class, () -> BatchValidator.validate(batch, rules, NOW));
        assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(refused.recordErrors())
                .extracting(error -> error.batchIndex())
                .containsExactly(1, 3);
    }

    @Test
    void timestampsOutOfRangeAreNamed() {
        ValidationRules rules = new ValidationRules(1 << 20, 1 << 20, false, false, 1000, 2000, null);
        ByteBuffer batch = BatchBuilder.uncompressed()
                .append(NOW - 1000, null, null)
                .append(NOW - 1001, null, null)
                .append(NOW + 2000, null, null)
                .append(NOW + 2001, null, null)
                .append(-1, null, null)
                .build();
        InvalidRecordException refused =
                catchThrowableOfType(InvalidRecordException.class, () -> BatchValidator.validate(batch, rules, NOW));
        assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(refused.recordErrors())
                .extracting(error -> error.batchIndex())
                .containsExactly(1, 3);
    }

    @Test
    void manyBadRecordsMakeASmallAnswer() {
        BatchBuilder builder = BatchBuilder.uncompressed();
        for (int i = 0; i < 5000; i++) {
            builder.append(NOW, null, null);
        }
        ByteBuffer batch = builder.build();
        ValidationRules rules = new ValidationRules(1 << 20, 1 << 20, true, false, Long.MAX_VALUE, 3_600_000, null);
        InvalidRecordException refused =
                catchThrowableOfType(InvalidRecordException.class, () -> BatchValidator.validate(batch, rules, NOW));
        assertThat(refused.recordErrors()).hasSize(BatchValidator.RECORD_ERRORS_MAX);
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionCodec.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void aBombIsRefused(CompressionCodec codec) {
        ByteBuffer bomb = BatchBuilder.of(codec)
                .append(NOW, null, new byte[ValidationRules.defaults().inflatedBytesMax()])
                .build();
        assertThat(bomb.remaining()).isLessThan(RULES.maxMessageBytes());
        assertRefused(bomb, ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void aSnappyChunkThatStatesAHugeSizeAllocatesNothing() {
        ByteBuffer batch = batch(CompressionCodec.SNAPPY, 100);
        int chunk = BatchHeader.BYTES + 16;
        ByteBuffer hugeChunk = copy(batch);
        hugeChunk.putInt(chunk, Integer.MAX_VALUE);
        assertRefused(checksummed(hugeChunk), ErrorCode.INVALID_RECORD);
        ByteBuffer hugeBlock = copy(batch);
        hugeBlock.putInt(chunk + 4, 0xffffff7f).put(chunk + 8, (byte) 7);
        assertRefused(checksummed(hugeBlock), ErrorCode.MESSAGE_TOO_LARGE);
    }

    private static void assertRefused(ByteBuffer batch, ErrorCode error) {
        assertRefused(batch, RULES, error);
    }

    private static void assertRefused(ByteBuffer batch, ValidationRules rules, ErrorCode error) {
        ThalwegException refused =
                catchThrowableOfType(ThalwegException.class, () -> BatchValidator.validate(batch, rules, NOW));
        assertThat(refused).isNotNull();
        assertThat(refused.error()).as(refused.getMessage()).isEqualTo(error);
    }

    private static ValidationRules rules(int maxMessageBytes, int segmentBytes) {
        return new ValidationRules(maxMessageBytes, segmentBytes, false, false, Long.MAX_VALUE, 3_600_000, null);
    }

    private static ByteBuffer batch(CompressionCodec codec, int count) {
        BatchBuilder builder = BatchBuilder.of(codec);
        for (int i = 0; i < count; i++) {
            builder.append(NOW + i, ("key-" + i).getBytes(UTF_8), ("a value, number " + i).getBytes(UTF_8));
        }
        return builder.build();
    }

    /** A right batch of three records with a field changed and the checksum made right again. */
    private static ByteBuffer patched(Consumer<ByteBuffer> change) {
        ByteBuffer batch = copy(batch(CompressionCodec.NONE, 3));
        change.accept(batch);
        return checksummed(batch);
    }

    private static ByteBuffer checksummed(ByteBuffer batch) {
        return batch.putInt(BatchHeader.CRC, BatchHeader.checksum(batch, 0, batch.limit()));
    }

    private static ByteBuffer copy(ByteBuffer batch) {
        return ByteBuffer.wrap(bytes(batch));
    }

    private static byte[] bytes(ByteBuffer batch) {
        byte[] bytes = new byte[batch.remaining()];
        batch.get(batch.position(), bytes);
        return bytes;
    }

    private static MutableRecordBatch stored(ByteBuffer target, int at, int size) {
        return MemoryRecords.readableRecords(target.slice(at, size))
                .batches()
                .iterator()
                .next();
    }
}
