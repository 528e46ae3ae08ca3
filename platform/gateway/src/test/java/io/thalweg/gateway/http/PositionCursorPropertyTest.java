package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionCursorPropertyTest {
    private static final String BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. %";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void decodeGivesBackWhatWasEncoded(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            int partitions = 1 + random.nextInt(200);
            TopicView topic = topic(partitions);
            TreeMap<Integer, Long> positions = new TreeMap<>();
            for (int partition = 0; partition < partitions; partition++) {
                if (random.nextInt(3) > 0) {
                    positions.put(partition, random.nextLong() >>> (1 + random.nextInt(62)));
                }
            }
            String cursor = PositionCursor.encode(topic, positions);

            assertThat(PositionCursor.decode(topic, cursor))
                    .as("seed=%d i=%d", seed, i)
                    .isEqualTo(positions);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void whatWasChangedIsRefusedOrMeansPartitionsOfTheTopic(long seed) {
        Random random = new Random(seed);
        TopicView topic = topic(8);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(PositionCursor.encode(topic, new TreeMap<>(Map.of(0, 5L, 3, 77L))));
            for (int change = 0; change <= random.nextInt(3); change++) {
                text.setCharAt(random.nextInt(text.length()), BASE64URL.charAt(random.nextInt(BASE64URL.length())));
            }
            try {
                Map<Integer, Long> positions = PositionCursor.decode(topic, text.toString());
                assertThat(positions.keySet()).as("seed=%d i=%d", seed, i).allMatch(p -> p >= 0 && p < 8);
                assertThat(positions.values()).allMatch(offset -> offset >= 0);
            } catch (HttpProblem refused) {
                assertThat(refused.status()).isEqualTo(400);
            }
        }
    }

    @Test
    void cursorOfATopicCreatedAgainIsRefused() {
        String cursor = PositionCursor.encode(topic(1), new TreeMap<>(Map.of(0, 5L)));

        assertThatThrownBy(() -> PositionCursor.decode(topic(1), cursor)).hasMessageContaining("another topic");
    }

    private static TopicView topic(int partitions) {
        List<PartitionView> views = IntStream.range(0, partitions)
                .mapToObj(index -> new PartitionView(index, 1, 0, List.of(1), List.of(1)))
                .toList();
        return new TopicView("t", Uuid.randomUuid(), false, views, Map.of());
    }
}
