package io.thalweg.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.TopicMetrics.Traffic;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicMetricsTest {

    private static final Uuid FIRST = new Uuid(1, 1);
    private static final Uuid SECOND = new Uuid(1, 2);
    private static final Uuid THIRD = new Uuid(1, 3);

    private final TopicMetrics metrics = new TopicMetrics(2);

    @Test
    void eachTopicHasItsOwnAccountUpToTheBoundAndTheRestShareOne() {
        metrics.appended(FIRST, 3, 300);
        metrics.fetched(FIRST, 2, 200);
        metrics.appended(SECOND, 1, 100);
        metrics.appended(THIRD, 5, 500);
        metrics.fetched(new Uuid(1, 4), 4, 400);

        assertThat(metrics.topics()).extracting(Traffic::topicId).containsExactlyInAnyOrder(FIRST, SECOND);
        Traffic first = metrics.topics().stream()
                .filter(traffic -> traffic.topicId().equals(FIRST))
                .findFirst()
                .orElseThrow();
        assertThat(first.recordsIn()).isEqualTo(3);
        assertThat(first.bytesIn()).isEqualTo(300);
        assertThat(first.recordsOut()).isEqualTo(2);
        assertThat(first.bytesOut()).isEqualTo(200);
        assertThat(metrics.others().bytesIn()).isEqualTo(500);
        assertThat(metrics.others().recordsOut()).isEqualTo(4);
    }

    @Test
    void aTopicThatIsGoneMakesRoom() {
        metrics.appended(FIRST, 1, 1);
        metrics.appended(SECOND, 1, 1);
        metrics.retain(SECOND::equals);
        metrics.appended(THIRD, 7, 70);

        assertThat(metrics.topics()).extracting(Traffic::topicId).containsExactlyInAnyOrder(SECOND, THIRD);
        assertThat(metrics.others().recordsIn()).isZero();
    }
}
