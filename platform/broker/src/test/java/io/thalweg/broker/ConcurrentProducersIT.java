package io.thalweg.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.AppendResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many event loops append at once, pipelined, while topics come and go beside them. */
class ConcurrentProducersIT {

    private static final int PRODUCERS = 6;
    private static final int PARTITIONS = 3;
    private static final int IN_FLIGHT = 5;

    @TempDir
    Path directory;

    private TestBroker node;

    @BeforeEach
    void start() {
        node = TestBroker.start(directory);
        node.create("orders", PARTITIONS);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void everyProducersRecordsAreThereOnceAndInItsOrder() {
        int count = 600;
        List<Producer> producers = produce(count);
        for (int round = 0; round < 10; round++) {
            node.create("churn", 2);
            node.appended(new TopicPartition("churn", 1), "x");
            Futures.await(node.api.topics().delete("churn"));
        }
        for (Producer producer : producers) {
            Futures.await(producer.done.future());
        }

        Map<Integer, Integer> lastOf = new HashMap<>();
        int records = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (String value : node.values(new TopicPartition("orders", partition))) {
                int producer = Integer.parseInt(value.substring(0, value.indexOf(':')));
                int sequence = Integer.parseInt(value.substring(value.indexOf(':') + 1));
                Integer last = lastOf.put(producer * PARTITIONS + partition, sequence);
                assertThat(sequence).isEqualTo(last == null ? partition : last + PARTITIONS);
                records++;
            }
        }
        assertThat(records).isEqualTo(PRODUCERS * count);
        assertThat(node.broker.metrics().appendRecords()).isGreaterThanOrEqualTo(records);
    }

    @Test
    void whatWasAnsweredBeforeACloseUnderLoadIsThereAfterwards() {
        List<Producer> producers = produce(1_000_000);
        node.awaitRecords(2_000);

        node.close();

        Map<TopicPartition, Integer> answered = new HashMap<>();
        for (Producer producer : producers) {
            assertThat(producer.done.future().failed()).isTrue();
            producer.answered.forEach((partition, count) -> answered.merge(partition, count.get(), Integer::sum));
        }
        node = TestBroker.start(directory);
        answered.forEach((partition, count) -> assertThat(node.values(partition))
                .as("records of %s", partition)
                .hasSizeGreaterThanOrEqualTo(count));
    }

    private List<Producer> produce(int count) {
        List<Producer> producers = new ArrayList<>();
        for (int id = 0; id < PRODUCERS; id++) {
            Producer producer = new Producer(id, count);
            Context context = ((VertxInternal) node.vertx).createEventLoopContext();
            context.runOnContext(nothing -> {
                for (int i = 0; i < IN_FLIGHT; i++) {
                    producer.sendNext();
                }
            });
            producers.add(producer);
        }
        return producers;
    }

    /** Sends its sequence round the partitions, some in flight at a time. Confined to its event loop. */
    private final class Producer {
        private final int id;
        private final int count;
        private final Promise<Void> done = Promise.promise();
        private final Map<TopicPartition, AtomicInteger> answered = new HashMap<>();
        private int next;
        private int acknowledged;

        Producer(int id, int count) {
            this.id = id;
            this.count = count;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                answered.put(new TopicPartition("orders", partition), new AtomicInteger());
            }
        }

        void sendNext() {
            if (next == count) {
                return;
            }
            int sequence = next++;
            TopicPartition partition = new TopicPartition("orders", sequence % PARTITIONS);
            Future<AppendResult> append = node.append(partition, id + ":" + sequence);
            append.onFailure(done::tryFail).onSuccess(result -> {
                answered.get(partition).incrementAndGet();
                if (++acknowledged == count) {
                    done.tryComplete();
                }
                sendNext();
            });
        }
    }
}
