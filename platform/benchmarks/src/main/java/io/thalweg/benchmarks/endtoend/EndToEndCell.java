package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** One record at a time: from send until a consumer has it, as Kafka's EndToEndLatency does, in nanoseconds. */
record EndToEndCell(String name, int recordBytes, int records, int warmUpRecords, String acks) implements Cell {

    @Override
    public void prepare(Peer peer) throws Exception {
        BrokerProcess.createTopic(peer, topic(), 1);
        measure(peer, warmUpRecords);
    }

    private String topic() {
        return "bench-" + Integer.toHexString(name.hashCode());
    }

    @Override
    public Measurement run(Peer peer, int round) throws Exception {
        return measure(peer, records);
    }

    private Measurement measure(Peer peer, int count) throws Exception {
        TopicPartition partition = new TopicPartition(topic(), 0);
        byte[] value = new byte[recordBytes];
        long[] latencies = new long[count];
        try (KafkaProducer<byte[], byte[]> producer =
                        Clients.producer(peer, Map.of("acks", acks, "linger.ms", "0", "enable.idempotence", "false"));
                KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(peer)) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            double cpuBefore = peer.stats().cpuSeconds();
            long began = System.nanoTime();
            for (int record = 0; record < count; record++) {
                long sent = System.nanoTime();
                producer.send(new ProducerRecord<>(topic(), 0, null, value)).get();
                ConsumerRecords<byte[], byte[]> received = consumer.poll(Duration.ofSeconds(10));
                latencies[record] = System.nanoTime() - sent;
                if (received.count() != 1) {
                    throw new IOException("expected the record that was sent: found=" + received.count());
                }
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            ProcessStats after = peer.stats();
            return Measurement.of(
                    count,
                    (long) count * recordBytes,
                    seconds,
                    after.cpuSeconds() - cpuBefore,
                    Clients.percentiles(latencies),
                    after);
        }
    }

    @Override
    public void clean(Peer peer) throws Exception {
        BrokerProcess.deleteTopic(peer, topic());
    }
}
