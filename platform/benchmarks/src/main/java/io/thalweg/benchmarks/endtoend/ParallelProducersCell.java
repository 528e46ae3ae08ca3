package io.thalweg.benchmarks.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Several producers at once, each a connection of its own, one record a request. */
record ParallelProducersCell(String name, int producers, int recordBytes, int recordsEach) implements Cell {

    @Override
    public void prepare(Peer peer) throws Exception {
        BrokerProcess.createTopic(peer, topic(), producers);
        measure(peer, recordsEach / 4);
    }

    private String topic() {
        return "bench-" + Integer.toHexString(name.hashCode());
    }

    @Override
    public Measurement run(Peer peer, int round) throws Exception {
        return measure(peer, recordsEach);
    }

    private Measurement measure(Peer peer, int each) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(producers);
        try {
            double cpuBefore = peer.stats().cpuSeconds();
            long began = System.nanoTime();
            List<Future<Void>> running = new ArrayList<>();
            for (int producer = 0; producer < producers; producer++) {
                int partition = producer;
                Callable<Void> task = () -> {
                    produce(peer, partition, each);
                    return null;
                };
                running.add(threads.submit(task));
            }
            for (Future<Void> task : running) {
                task.get();
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            ProcessStats after = peer.stats();
            long records = (long) producers * each;
            return Measurement.of(
                    records,
                    records * recordBytes,
                    seconds,
                    after.cpuSeconds() - cpuBefore,
                    Measurement.noLatencies(),
                    after);
        } finally {
            threads.shutdownNow();
        }
    }

    private void produce(Peer peer, int partition, int count) throws Exception {
        byte[] value = new byte[recordBytes];
        try (KafkaProducer<byte[], byte[]> client =
                Clients.producer(peer, Map.of("acks", "1", "linger.ms", "0", "batch.size", "1"))) {
            List<Future<?>> sends = new ArrayList<>(count);
            for (int record = 0; record < count; record++) {
                sends.add(client.send(new ProducerRecord<>(topic(), partition, null, value)));
            }
            for (Future<?> send : sends) {
                send.get();
            }
        }
    }

    @Override
    public void clean(Peer peer) throws Exception {
        BrokerProcess.deleteTopic(peer, topic());
    }
}
