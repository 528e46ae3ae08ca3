package io.thalweg.launcher.demo;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Apache Kafka's own Java client, with its default settings: idempotent, acks=all. */
final class KafkaDoor implements DemoDoor {

    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;

    KafkaDoor(int port) {
        this.bootstrap = "127.0.0.1:" + port;
    }

    @Override
    public String name() {
        return "Kafka protocol";
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of a failure
    @Override
    public PublishReport publish(String topic, List<Flight> flights) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "demo");
        Latencies latencies = new Latencies();
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic);
            long start = System.nanoTime();
            for (Flight flight : flights) {
                long sent = System.nanoTime();
                producer.send(new ProducerRecord<>(topic, flight.key(), flight.value()), (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                    latencies.add(System.nanoTime() - sent);
                });
            }
            producer.flush();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (failure.get() != null) {
                throw new DemoFailure("the Kafka producer failed: " + failure.get(), failure.get());
            }
            return new PublishReport(
                    name(),
                    flights.size(),
                    1,
                    seconds,
                    latencies.percentileMillis(0.5),
                    latencies.percentileMillis(0.99));
        }
    }

    @Override
    public ReadReport read(String topic, String group, int count) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "demo");
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            ReadProgress progress = new ReadProgress(name(), count);
            while (!progress.done() && !Thread.currentThread().isInterrupted()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    progress.add(
                            record.partition(),
                            record.offset(),
                            new String(record.key(), StandardCharsets.UTF_8),
                            Flight.from(new JsonObject(Buffer.buffer(record.value()))));
                }
            }
            ReadReport report = progress.report();
            consumer.commitSync();
            return report;
        }
    }
}
