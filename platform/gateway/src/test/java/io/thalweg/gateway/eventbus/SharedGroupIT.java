package io.thalweg.gateway.eventbus;

import static io.thalweg.gateway.eventbus.EventBusFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.client.Consumer;
import io.thalweg.client.ConsumerConfig;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.ProducerConfig;
import io.thalweg.gateway.kafka.KafkaGateway;
import io.thalweg.gateway.kafka.KafkaGatewayConfig;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache Kafka's own clients and ours on one node: the same records, and one group. */
final class SharedGroupIT {

    private static final int RECORDS = 1_000;
    private static final int SECONDS = 180;

    @TempDir
    Path directory;

    private EventBusFixture node;
    private KafkaGateway kafka;

    @BeforeEach
    void start() throws Exception {
        node = new EventBusFixture(directory, EventBusGatewayConfig.defaults());
        kafka = await(KafkaGateway.start(
                node.vertx, node.broker.api(), KafkaGatewayConfig.defaults().withListener("127.0.0.1", 0)));
        node.create("shared", 4);
    }

    @AfterEach
    void stop() throws Exception {
        await(kafka.close());
        node.close();
    }

    private KafkaConsumer<String, String> kafkaConsumer(String assignor) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", "127.0.0.1:" + kafka.port(),
                        "group.id", "one-group",
                        "auto.offset.reset", "earliest",
                        "heartbeat.interval.ms", "200",
                        "partition.assignment.strategy", assignor),
                new StringDeserializer(),
                new StringDeserializer());
    }

    @ParameterizedTest
    @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
    void aKafkaConsumerAndOursShareAGroup(Class<?> assignor) throws Exception {
        Map<String, Integer> seen = new HashMap<>();
        ConcurrentLinkedQueue<String> ours = new ConcurrentLinkedQueue<>();
        Promise<Consumer> opened = Promise.promise();
        node.vertx.getOrCreateContext().runOnContext(turn -> {
            Consumer consumer = node.client.consumer(new ConsumerConfig(
                    "one-group",
                    null,
                    "ours",
                    Reset.EARLIEST,
                    IsolationLevel.READ_COMMITTED,
                    100,
                    60_000,
                    100,
                    64 << 10,
                    1 << 20));
            consumer.handler(record -> ours.add(new String(record.value(), StandardCharsets.UTF_8)));
            consumer.subscribe(Set.of("shared")).map(consumer).onComplete(opened);
        });
        Consumer consumer = await(opened.future());
        assertThat(consumer.assignment()).hasSize(4);
        try (KafkaConsumer<String, String> theirs = kafkaConsumer(assignor.getName())) {
            theirs.subscribe(List.of("shared"));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (theirs.assignment().size() != 2 || consumer.assignment().size() != 2) {
                assertThat(System.nanoTime()).as("both own two partitions").isLessThan(deadline);
                theirs.poll(Duration.ofMillis(20));
            }
            List<OutgoingRecord> records = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                byte[] value = ("v" + i).getBytes(StandardCharsets.UTF_8);
                records.add(OutgoingRecord.of("shared", value, value));
            }
            assertThat(await(node.client.producer(ProducerConfig.defaults()).send(records)))
                    .allMatch(outcome -> outcome.failure() == null);
            int kafkas = 0;
            while (seen.size() + ours.size() < RECORDS) {
                assertThat(System.nanoTime()).as("all records").isLessThan(deadline);
                for (var record : theirs.poll(Duration.ofMillis(20))) {
                    seen.merge(record.value(), 1, Integer::sum);
                    kafkas++;
                }
            }
            assertThat(kafkas).isBetween(1, RECORDS - 1);
        }
        ours.forEach(value -> seen.merge(value, 1, Integer::sum));
        assertThat(seen).hasSize(RECORDS);
        assertThat(seen.values()).containsOnly(1);
        await(consumer.close());
    }

    @Test
    void whatKafkaPublishesTheEventBusReadsAndBack() throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", "127.0.0.1:" + kafka.port(), "compression.type", "lz4"),
                        new StringSerializer(),
                        new StringSerializer());
                TcpBridgeClient tcp = node.connect();
                KafkaConsumer<String, String> consumer = kafkaConsumer(RangeAssignor.class.getName())) {
            var stored = producer.send(new ProducerRecord<>("shared", "k", "{\"n\":1}"))
                    .get(SECONDS, TimeUnit.SECONDS);
            JsonObject published =
                    tcp.body("produce.shared", new JsonObject().put("key", "k").put("value", "text"));
            assertThat(published.getInteger("partition")).isEqualTo(stored.partition());
            assertThat(published.getLong("offset")).isEqualTo(stored.offset() + 1);
            var fetched = tcp.body(
                            "fetch.shared",
                            new JsonObject()
                                    .put("partition", stored.partition())
                                    .put("from", "earliest"))
                    .getJsonArray("records");
            assertThat(fetched.getJsonObject(0).getJsonObject("value").getInteger("n"))
                    .isEqualTo(1);
            assertThat(fetched.getJsonObject(0).getString("key")).isEqualTo("k");
            assertThat(fetched.getJsonObject(0).getLong("timestamp")).isEqualTo(stored.timestamp());
            consumer.subscribe(List.of("shared"));
            List<String> values = new ArrayList<>();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            while (values.size() < 2) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                consumer.poll(Duration.ofMillis(50)).forEach(record -> values.add(record.value()));
            }
            assertThat(values).containsExactly("{\"n\":1}", "text");
        }
    }
}
