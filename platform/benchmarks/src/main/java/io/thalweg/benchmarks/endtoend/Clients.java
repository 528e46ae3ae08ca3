package io.thalweg.benchmarks.endtoend;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** kafka-clients inside the harness, for what Kafka's tools measure too coarsely. */
final class Clients {

    private Clients() {}

    static KafkaProducer<byte[], byte[]> producer(Peer peer, Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put("bootstrap.servers", peer.bootstrap());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(Peer peer) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", peer.bootstrap(), "fetch.min.bytes", "1", "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** The 50th, 99th and 99.9th percentile in milliseconds. Sorts the array. */
    static double[] percentiles(long[] nanos) {
        Arrays.sort(nanos);
        return new double[] {at(nanos, 0.5), at(nanos, 0.99), at(nanos, 0.999)};
    }

    private static double at(long[] sorted, double quantile) {
        return sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * quantile))] / 1e6;
    }
}
