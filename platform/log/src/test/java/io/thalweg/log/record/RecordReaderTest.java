package io.thalweg.log.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordReaderTest {

    @Test
    void readsEveryRecordOfEveryCodecAndLeavesACutBatchOut() {
        ByteBuffer batches = ByteBuffer.allocateDirect(100_000);
        List<String> expected = new ArrayList<>();
        long offset = 50;
        for (CompressionCodec codec : CompressionCodec.values()) {
            BatchBuilder builder = BatchBuilder.of(codec).position(offset, 1);
            for (int i = 0; i < 20; i++) {
                builder.append(
                        1000 + i,
                        ("k" + i).getBytes(UTF_8),
                        i == 7 ? null : ("v" + codec).getBytes(UTF_8),
                        List.of(new BatchBuilder.Header("h", ("x" + i).getBytes(UTF_8))));
                expected.add(offset + ":" + (1000 + i) + ":k" + i + ":" + (i == 7 ? null : "v" + codec) + ":h=x" + i);
                offset++;
            }
            batches.put(builder.build());
        }
        int whole = batches.position();
        ByteBuffer cut = BatchBuilder.uncompressed().append(1, null, null).build();
        batches.put(cut.limit(cut.limit() - 1)).flip();

        List<String> read = new ArrayList<>();
        int consumed = RecordReader.forEach(batches, ReadLimits.defaults(), record -> read.add(text(record)));

        assertThat(read).isEqualTo(expected);
        assertThat(consumed).isEqualTo(whole);
        assertThat(batches.position()).isZero();
    }

    @Test
    void skipsControlBatchesUnlessAsked() {
        ByteBuffer marker = BatchBuilder.transactionMarker(1, 2, (short) 3, new TransactionMarker(false, 4));
        List<DecodedRecord> read = new ArrayList<>();
        assertThat(RecordReader.forEach(marker, ReadLimits.defaults(), read::add))
                .isEqualTo(marker.remaining());
        assertThat(read).isEmpty();
    }

    @Test
    void stopsWhenTheVisitorHasEnough() {
        ByteBuffer batch = BatchBuilder.uncompressed()
                .append(1, null, null)
                .append(1, null, null)
                .build();
        List<Long> read = new ArrayList<>();
        int consumed = RecordReader.forEach(batch, ReadLimits.defaults(), record -> {
            read.add(record.offset());
            return false;
        });
        assertThat(read).containsExactly(0L);
        assertThat(consumed).isZero();
    }

    @Test
    void refusesAWrongChecksumAndABomb() {
        ByteBuffer wrong =
                BatchBuilder.uncompressed().append(1, null, new byte[9]).build();
        wrong.put(wrong.limit() - 3, (byte) 1);
        assertThat(refused(wrong, ReadLimits.defaults())).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        for (CompressionCodec codec : CompressionCodec.values()) {
            ByteBuffer large =
                    BatchBuilder.of(codec).append(1, null, new byte[2000]).build();
            int inflated =
                    BatchBuilder.uncompressed().append(1, null, new byte[2000]).sizeInBytes() - BatchHeader.BYTES;
            assertThat(RecordReader.forEach(large, new ReadLimits(inflated, true), record -> true))
                    .isEqualTo(large.remaining());
            if (codec != CompressionCodec.NONE) {
                assertThat(refused(large, new ReadLimits(inflated - 1, true))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
            }
        }
    }

    private static ErrorCode refused(ByteBuffer batches, ReadLimits limits) {
        return catchThrowableOfType(ThalwegException.class, () -> RecordReader.forEach(batches, limits, record -> true))
                .error();
    }

    private static String text(DecodedRecord record) {
        DecodedRecord.Header header = record.headers().get(0);
        return record.offset() + ":" + record.timestamp() + ":" + utf8(record.key()) + ":" + utf8(record.value()) + ":"
                + header.name() + "=" + utf8(header.value());
    }

    private static String utf8(ByteBuffer bytes) {
        return bytes == null ? null : UTF_8.decode(bytes.duplicate()).toString();
    }
}
