package io.thalweg.client;

import static io.thalweg.client.ProducerTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.client.consume.PulledPartition;
import io.thalweg.client.consume.PulledPartitions;
import io.thalweg.log.record.BatchBuilder;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PulledPartitionsTest {

    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);

    private Vertx vertx;
    private FakeBroker broker;
    private Context context;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        broker = new FakeBroker(vertx);
        broker.addTopic("t", 2);
        context = vertx.getOrCreateContext();
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    @Test
    void theOwnerTakesWhatItWantsFromEachPartition() throws Exception {
        publish(0, 0, 500);
        publish(1, 1_000, 1_500);

        List<String> taken = await(TestNode.on(context, () -> alternating(Reset.EARLIEST, 0)));

        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            expected.add("v" + i);
            expected.add("v" + (1_000 + i));
        }
        assertThat(taken).isEqualTo(expected);
    }

    @Test
    void aPositionOutOfRangeIsMovedAsConfigured() throws Exception {
        publish(0, 0, 10);
        publish(1, 10, 20);

        List<String> taken = await(TestNode.on(context, () -> alternating(Reset.EARLIEST, 99)));

        assertThat(taken)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "v" + i).toList());
    }

    /** Takes one record of each partition in turn until both are read to their end. */
    private Future<Future<List<String>>> alternating(Reset reset, long from) {
        ConsumerConfig config = new ConsumerConfig(
                null, null, "test", reset, IsolationLevel.READ_COMMITTED, 0, 10_000, 20, 1_024, 64 << 10);
        PulledPartitions pulled = LocalClient.create(vertx, broker).pull(config);
        PulledPartition first = pulled.add(T0, from);
        PulledPartition second = pulled.add(T1, from);
        List<String> taken = new ArrayList<>();
        Promise<List<String>> done = Promise.promise();
        pulled.handler(news -> {
            while (first.peek() != null && second.peek() != null) {
                take(first, taken);
                take(second, taken);
            }
            if (first.caughtUp() && second.caughtUp()) {
                pulled.close();
                done.tryComplete(taken);
            }
        });
        return Future.succeededFuture(done.future());
    }

    private static void take(PulledPartition partition, List<String> taken) {
        ReceivedRecord record = partition.peek();
        assertThat(record).isNotNull();
        taken.add(new String(record.value(), StandardCharsets.UTF_8));
        partition.advance();
    }

    private void publish(int partition, int from, int to) {
        for (int i = from; i < to; ) {
            BatchBuilder batch = BatchBuilder.uncompressed();
            for (int n = 0; n < 7 && i < to; n++) {
                batch.append(i, null, ("v" + i++).getBytes(StandardCharsets.UTF_8));
            }
            broker.appendRaw(broker.log("t", partition), batch.build());
        }
    }
}
