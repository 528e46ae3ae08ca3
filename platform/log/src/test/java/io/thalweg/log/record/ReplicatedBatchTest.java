package io.thalweg.log.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A follower takes what the leader has, and nothing that was damaged on the way. */
class ReplicatedBatchTest {

    private static final long NOW = 1_700_000_000_000L;

    private static ByteBuffer batch(CompressionCodec codec) {
        return BatchBuilder.of(codec)
                .position(1234, 7)
                .producer(9, (short) 1, 4, true)
                .append(NOW, "k".getBytes(UTF_8), "value".repeat(20).getBytes(UTF_8))
                .append(NOW + 5, null, null)
                .build();
    }

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void offsetEpochAndEveryOtherByteStay(CompressionCodec codec) {
        ByteBuffer batch = batch(codec);

        ValidatedBatches accepted = BatchValidator.validateReplicated(batch);

        assertThat(accepted.baseOffset()).isEqualTo(1234);
        assertThat(accepted.leaderEpoch()).isEqualTo(7);
        ByteBuffer copy = ByteBuffer.allocate(batch.limit());
        accepted.copyTo(copy, 0, accepted.baseOffset(), accepted.leaderEpoch(), NOW + 999);
        assertThat(copy).isEqualTo(batch);
    }

    @Test
    void noByteUnderTheChecksumMayDiffer() {
        ByteBuffer batch = batch(CompressionCodec.NONE);
        for (int at = BatchHeader.LENGTH; at < batch.limit(); at++) {
            if (at >= BatchHeader.LEADER_EPOCH && at < BatchHeader.MAGIC) {
                continue;
            }
            for (int bit = 0; bit < 8; bit++) {
                ByteBuffer damaged = ByteBuffer.allocate(batch.limit())
                        .put(batch.duplicate())
                        .flip();
                damaged.put(at, (byte) (damaged.get(at) ^ (1 << bit)));
                assertThatThrownBy(() -> BatchValidator.validateReplicated(damaged))
                        .as("byte %s bit %s", at, bit)
                        .isInstanceOf(ThalwegException.class);
            }
        }
    }

    @Test
    void whatIsCutOffOrFollowedBySomethingIsRefused() {
        ByteBuffer batch = batch(CompressionCodec.NONE);
        refused(batch.slice(0, batch.limit() - 1), ErrorCode.CORRUPT_MESSAGE);
        refused(batch.slice(0, 30), ErrorCode.CORRUPT_MESSAGE);
        refused(ByteBuffer.allocate(0), ErrorCode.CORRUPT_MESSAGE);
        refused(
                ByteBuffer.allocate(batch.limit() + 1)
                        .put(batch.duplicate())
                        .put((byte) 0)
                        .flip(),
                ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void impossiblePlacesAreRefused() {
        refused(batch(CompressionCodec.NONE).putLong(BatchHeader.BASE_OFFSET, -1), ErrorCode.CORRUPT_MESSAGE);
        refused(
                batch(CompressionCodec.NONE).putLong(BatchHeader.BASE_OFFSET, Long.MAX_VALUE),
                ErrorCode.CORRUPT_MESSAGE);
        refused(batch(CompressionCodec.NONE).putInt(BatchHeader.LEADER_EPOCH, -1), ErrorCode.CORRUPT_MESSAGE);
        refused(
                checksummed(batch(CompressionCodec.NONE).putInt(BatchHeader.RECORD_COUNT, 3)),
                ErrorCode.CORRUPT_MESSAGE);
        refused(
                checksummed(batch(CompressionCodec.NONE).putInt(BatchHeader.LAST_OFFSET_DELTA, -1)),
                ErrorCode.CORRUPT_MESSAGE);
    }

    @Test
    void whatCompactionLeftIsTaken() {
        BatchHeader original = BatchHeader.read(batch(CompressionCodec.NONE), 0);
        ByteBuffer emptied = BatchBuilder.like(original, -1).build();

        ValidatedBatches accepted = BatchValidator.validateReplicated(emptied);

        assertThat(accepted.recordCount()).isZero();
        assertThat(accepted.lastOffsetDelta()).isEqualTo(1);
    }

    private static ByteBuffer checksummed(ByteBuffer batch) {
        return batch.putInt(BatchHeader.CRC, BatchHeader.checksum(batch, 0, batch.limit()));
    }

    private static void refused(ByteBuffer batch, ErrorCode error) {
        assertThatThrownBy(() -> BatchValidator.validateReplicated(batch))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(error));
    }
}
