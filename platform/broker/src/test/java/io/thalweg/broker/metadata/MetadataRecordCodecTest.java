package io.thalweg.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.MetadataRecord.BalanceRecord;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataRecord.ClusterRecord;
import io.thalweg.broker.metadata.MetadataRecord.ProducerIdsRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRemovedRecord;
import io.thalweg.broker.metadata.TopicPlacement.Placed;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MetadataRecordCodecTest {

    static final Uuid ID = new Uuid(0x1234_5678_9abc_def0L, -42L);

    private record Bytes(byte[] key, byte[] value) {}

    static List<MetadataRecord> everyKind() {
        List<PartitionView> partitions = List.of(
                new PartitionView(0, 1, 0, List.of(1), List.of(1)),
                new PartitionView(1, -1, 7, List.of(1, 300, 2), List.of()));
        TopicView topic =
                new TopicView("tōpic", ID, true, partitions, Map.of("retention.ms", "-1", "cleanup.policy", ""));
        TopicView moving = new TopicView(
                "moving",
                ID,
                false,
                List.of(
                        new PartitionView(0, -1, 0, List.of(1, 2, 3), List.of(1, 2, 3), List.of(2, 3, 4)),
                        new PartitionView(1, 1, 0, List.of(1), List.of(1))),
                Map.of());
        TopicPlacement placement = new TopicPlacement(
                3, List.of(new Placed(true, List.of(1, 2, 3), List.of(0, 5, 1), true, 2, 1_001), Placed.ALONE));
        return List.of(
                new ClusterRecord("cluster"),
                new BrokerRecord(3, 7, "r", ID, 2, Map.of("kafka", new Endpoint("h", 9092)), true),
                new BalanceRecord(true),
                new TopicRecord(moving, false, placement),
                new BrokerRecord(0, 1, null),
                new BrokerRecord(200, Long.MAX_VALUE, "rack-ä"),
                new ProducerIdsRecord(1L << 40),
                new TopicRecord(topic, false),
                new TopicRecord(topic, true),
                new TopicRemovedRecord(ID));
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void whatWasEncodedIsDecodedTheSame(MetadataRecord metadata) {
        Bytes bytes = encode(metadata);

        assertThat(decode(bytes.key, bytes.value)).isEqualTo(metadata);
    }

    @ParameterizedTest
    @MethodSource("everyKind")
    void aValueThatIsCutAnywhereIsRefused(MetadataRecord metadata) {
        Bytes bytes = encode(metadata);

        for (int length = 0; bytes.value != null && length < bytes.value.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes.value, length);
            assertThatThrownBy(() -> decode(bytes.key, cut))
                    .isInstanceOfSatisfying(
                            ThalwegException.class,
                            refused -> assertThat(refused.error()).isEqualTo(ErrorCode.CORRUPT_MESSAGE));
        }
    }

    @Test
    void aNewerVersionIsRefusedByName() {
        Bytes bytes = encode(new ClusterRecord("cluster"));
        bytes.value[0] = 1;

        assertThatThrownBy(() -> decode(bytes.key, bytes.value))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION))
                .hasMessageContaining("newer version");
    }

    @Test
    void aTopicOfTenThousandPartitionsIsSmall() {
        List<Integer> replicas = List.of(1);
        List<PartitionView> partitions = IntStream.range(0, 10_000)
                .mapToObj(index -> new PartitionView(index, 1, 0, replicas, replicas))
                .toList();

        Bytes bytes = encode(new TopicRecord(new TopicView("big", ID, false, partitions, Map.of()), false));

        assertThat(bytes.value).hasSizeLessThan(100_000);
        assertThat(((TopicRecord) decode(bytes.key, bytes.value)).topic().partitions())
                .isEqualTo(partitions);
    }

    @Seeds(count = 200)
    void damagedBytesAreRefusedAndNeverTakenForMuchMemory(long seed) {
        Random random = new Random(seed);
        List<MetadataRecord> kinds = new ArrayList<>(everyKind());
        Bytes bytes = encode(kinds.get(random.nextInt(kinds.size() - 1)));
        bytes.value[random.nextInt(bytes.value.length)] = (byte) random.nextInt();
        bytes.key[random.nextInt(bytes.key.length)] ^= (byte) (1 << random.nextInt(8));

        try {
            decode(bytes.key, bytes.value);
        } catch (ThalwegException refused) {
            assertThat(refused.error()).isIn(ErrorCode.CORRUPT_MESSAGE, ErrorCode.UNSUPPORTED_VERSION);
        }
    }

    private static Bytes encode(MetadataRecord metadata) {
        AtomicReference<Bytes> bytes = new AtomicReference<>();
        MetadataRecordCodec.encode(metadata, (key, value) -> bytes.set(new Bytes(key, value)));
        return bytes.get();
    }

    private static MetadataRecord decode(byte[] key, byte[] value) {
        return MetadataRecordCodec.decode(ByteBuffer.wrap(key), value == null ? null : ByteBuffer.wrap(value));
    }
}
