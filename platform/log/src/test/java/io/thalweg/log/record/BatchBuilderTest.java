package io.thalweg.log.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchBuilderTest {

    @ParameterizedTest
    @EnumSource(CompressionCodec.class)
    void kafkaReadsWhatWasBuilt(CompressionCodec codec) {
        Random random = new Random(7);
        byte[] large = new byte[200_000];
        random.nextBytes(large);
        ByteBuffer built = BatchBuilder.of(codec)
                .producer(77, (short) 3, Integer.MAX_VALUE - 1, true)
                .position(1_000_000_000_000L, 9)
                .append(1_700_000_000_000L, "k".getBytes(UTF_8), "v".getBytes(UTF_8))
                .append(1_700_000_000_500L, null, large, List.of(new BatchBuilder.Header("h\u00e9", new byte[] {1, 2})))
                .append(-1, new byte[0], null, List.of(new BatchBuilder.Header("", null)))
                .build();

        MemoryRecords records = MemoryRecords.readableRecords(built);
        RecordBatch batch = records.firstBatch();
        batch.ensureValid();
        assertThat(batch.sizeInBytes()).isEqualTo(built.remaining());
        assertThat(batch.baseOffset()).isEqualTo(1_000_000_000_000L);
        assertThat(batch.lastOffset()).isEqualTo(1_000_000_000_002L);
        assertThat(batch.partitionLeaderEpoch()).isEqualTo(9);
        assertThat(batch.producerId()).isEqualTo(77);
        assertThat(batch.producerEpoch()).isEqualTo((short) 3);
        assertThat(batch.lastSequence())
                .isEqualTo(0)
                .isEqualTo(BatchHeader.read(built, 0).lastSequence());
        assertThat(batch.isTransactional()).isTrue();
        assertThat(batch.maxTimestamp()).isEqualTo(1_700_000_000_500L);
        assertThat(CompressionCodec.of(codec.id())).isSameAs(codec);
        assertThat(batch.compressionType().name).isEqualTo(codec.configName());
        assertThat(batch.compressionType().id).isEqualTo((byte) codec.id());
        List<Record> read = new ArrayList<>();
        batch.forEach(read::add);
        assertThat(read).hasSize(3);
        assertThat(read.get(0).key()).isEqualTo(ByteBuffer.wrap("k".getBytes(UTF_8)));
        assertThat(read.get(1).value()).isEqualTo(ByteBuffer.wrap(large));
        assertThat(read.get(1).key()).isNull();
        assertThat(read.get(1).headers()).containsExactly(new RecordHeader("h\u00e9", new byte[] {1, 2}));
        assertThat(read.get(2).value()).isNull();
        assertThat(read.get(2).timestamp()).isEqualTo(-1);
        assertThat(read.get(2).headers()).containsExactly(new RecordHeader("", null));
    }

    @Test
    void theHeaderIsWhatKafkaSeesInIt() {
        ByteBuffer built = BatchBuilder.of(CompressionCodec.LZ4)
                .producer(5, (short) 1, 12, false)
                .position(40, 2)
                .append(100, null, "x".getBytes(UTF_8))
                .append(90, null, "y".getBytes(UTF_8))
                .build();
        RecordBatch batch = MemoryRecords.readableRecords(built).firstBatch();
        BatchHeader header = BatchHeader.read(built, 0);
        assertThat(header.baseTimestamp()).isEqualTo(((DefaultRecordBatch) batch).baseTimestamp());
        assertThat(header.maxTimestamp()).isEqualTo(batch.maxTimestamp());
        assertThat(header.nextOffset()).isEqualTo(batch.nextOffset());
        assertThat(header.lastSequence()).isEqualTo(batch.lastSequence());
        assertThat(header.recordCount()).isEqualTo(batch.countOrNull());
        assertThat(header.crc() & 0xffffffffL).isEqualTo(batch.checksum());
        assertThat(header.codec()).isEqualTo(CompressionCodec.LZ4);
        assertThat(header.isControl()).isFalse();
    }

    @Test
    void aMarkerIsKafkasMarker() {
        for (boolean commit : new boolean[] {true, false}) {
            ByteBuffer built = BatchBuilder.transactionMarker(123, 9, (short) 4, new TransactionMarker(commit, 17));
            RecordBatch batch = MemoryRecords.readableRecords(built).firstBatch();
            assertThat(batch.isControlBatch()).isTrue();
            assertThat(batch.isTransactional()).isTrue();
            Record record = batch.iterator().next();
            assertThat(ControlRecordType.parse(record.key()))
                    .isEqualTo(commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT);
            assertThat(EndTransactionMarker.deserialize(record).coordinatorEpoch())
                    .isEqualTo(17);
            assertThat(TransactionMarker.read(built, 0)).isEqualTo(new TransactionMarker(commit, 17));
        }
        ByteBuffer kafkas = MemoryRecords.withEndTransactionMarker(
                        3, (short) 1, new EndTransactionMarker(ControlRecordType.COMMIT, 8))
                .buffer();
        assertThat(TransactionMarker.read(kafkas, 0)).isEqualTo(new TransactionMarker(true, 8));
    }

    @Test
    void theSizeOfARecordIsAnUpperBound() {
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            byte[] key = random.nextInt(4) == 0 ? null : new byte[random.nextInt(300)];
            byte[] value = random.nextInt(4) == 0 ? null : new byte[random.nextInt(20_000)];
            String name = "\u20ac".repeat(random.nextInt(70));
            List<BatchBuilder.Header> headers = List.of(new BatchBuilder.Header(name, key));
            BatchBuilder builder = BatchBuilder.uncompressed().append(1, null, null);
            int before = builder.sizeInBytes();
            builder.append(random.nextLong() >>> 2, key, value, headers);
            assertThat(builder.sizeInBytes() - before)
                    .isLessThanOrEqualTo(BatchBuilder.sizeOfRecord(key, value, headers));
        }
    }

    @Test
    void partitionsAreChosenAsKafkaDoes() {
        // Known values of Kafka's own test of murmur2.
        assertThat(KeyPartitioner.partition("21".getBytes(UTF_8), Integer.MAX_VALUE))
                .isEqualTo((-973932308 & 0x7fffffff) % Integer.MAX_VALUE);
        assertThat(KeyPartitioner.partition("foobar".getBytes(UTF_8), 10)).isEqualTo((-790332482 & 0x7fffffff) % 10);
        int[] counts = new int[7];
        for (int i = 0; i < 700; i++) {
            counts[KeyPartitioner.partition(("key-" + i).getBytes(UTF_8), 7)]++;
        }
        assertThat(Arrays.stream(counts).allMatch(count -> count > 50)).isTrue();
    }
}
