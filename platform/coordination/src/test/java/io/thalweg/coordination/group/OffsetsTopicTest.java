package io.thalweg.coordination.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.runtime.CoordinatorLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OffsetsTopicTest {

    private final List<Promise<Integer>> creations = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private int visiblePartitions = -1;
    private final OffsetsTopic topic = new OffsetsTopic(new Log(), 50);

    @Test
    void requestsDuringTheCreationRunInTheirOrderAndShareIt() {
        assertThat(topic.exists()).isFalse();
        use("a");
        use("b");
        visiblePartitions = 50;
        use("c");
        assertThat(events).as("nobody overtakes those who wait").isEmpty();
        creations.get(0).complete(50);
        use("d");

        assertThat(creations).hasSize(1);
        assertThat(events).containsExactly("a50", "b50", "c50", "d50");
    }

    @Test
    void topicThatExistsIsUsedAtOnce() {
        visiblePartitions = 7;
        use("a");

        assertThat(creations).isEmpty();
        assertThat(events).containsExactly("a7");
    }

    @Test
    void failedCreationFailsTheWaitingAndTheNextRequestTriesAgain() {
        use("a");
        creations.get(0).fail("no room");
        assertThat(events).containsExactly("a failed");
        use("b");
        creations.get(1).complete(50);

        assertThat(events).containsExactly("a failed", "b50");
    }

    private void use(String name) {
        topic.whenPresent(count -> events.add(name + count), failure -> events.add(name + " failed"));
    }

    private final class Log implements CoordinatorLog {
        @Override
        public Future<Integer> ensureTopic(String name, int partitions, Map<String, String> configs) {
            assertThat(configs).containsEntry("cleanup.policy", "compact");
            Promise<Integer> created = Promise.promise();
            creations.add(created);
            return created.future();
        }

        @Override
        public int partitionCount(String name) {
            return visiblePartitions;
        }

        @Override
        public int leaderEpoch(TopicPartition partition) {
            return 0;
        }

        @Override
        public Future<Long> append(TopicPartition partition, int leaderEpoch, List<CoordinatorRecord> records) {
            return Future.failedFuture("not used");
        }

        @Override
        public Future<Long> replay(TopicPartition partition, ReplayVisitor visitor) {
            return Future.failedFuture("not used");
        }
    }
}
