package io.thalweg.benchmarks.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The first records of many partitions: what touching a partition for the first time costs. A new topic each round. */
record FirstAppendCell(String name, int partitions, int recordBytes, int records) implements Cell {

    @Override
    public void prepare(Peer peer) {}

    private String topic(int round) {
        return "bench-" + Integer.toHexString(name.hashCode()) + "-" + round;
    }

    @Override
    public Measurement run(Peer peer, int round) throws Exception {
        byte[] value = new byte[recordBytes];
        double cpuBefore = peer.stats().cpuSeconds();
        BrokerProcess.createTopic(peer, topic(round), partitions);
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(
                peer,
                Map.of(
                        "acks",
                        "all",
                        "batch.size",
                        "16384",
                        "request.timeout.ms",
                        "120000",
                        "delivery.timeout.ms",
                        "600000"))) {
            producer.partitionsFor(topic(round));
            long began = System.nanoTime();
            List<Future<?>> sends = new ArrayList<>(records);
            for (int record = 0; record < records; record++) {
                sends.add(producer.send(new ProducerRecord<>(topic(round), record % partitions, null, value)));
            }
            for (Future<?> send : sends) {
                send.get();
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            ProcessStats after = peer.stats();
            return Measurement.of(
                    records,
                    (long) records * recordBytes,
                    seconds,
                    after.cpuSeconds() - cpuBefore,
                    Measurement.noLatencies(),
                    after);
        }
    }

    @Override
    public void clean(Peer peer) throws Exception {
        for (int round = 0; round < Compare.ROUNDS_MAX; round++) {
            try {
                BrokerProcess.deleteTopic(peer, topic(round));
            } catch (java.util.concurrent.ExecutionException absent) {
                return;
            }
        }
    }
}
