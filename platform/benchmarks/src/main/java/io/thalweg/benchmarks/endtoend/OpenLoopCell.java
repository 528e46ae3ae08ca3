package io.thalweg.benchmarks.endtoend;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A fixed rate, whether the broker keeps up or not: latency is counted from the moment a record was due, so that a
 * stall is not hidden by the client waiting for it. The first seconds of each producer, in which it looks up the topic and
 * its code gets compiled, are sent at the same rate and not counted.
 */
record OpenLoopCell(String name, int partitions, int recordBytes, int recordsPerSecond, int seconds) implements Cell {

    private static final int WARM_SECONDS = 3;

    @Override
    public void prepare(Peer peer) throws Exception {
        BrokerProcess.createTopic(peer, topic(), partitions);
        measure(peer, recordsPerSecond * Math.min(seconds, 5));
    }

    private String topic() {
        return "bench-" + Integer.toHexString(name.hashCode());
    }

    @Override
    public Measurement run(Peer peer, int round) throws Exception {
        return measure(peer, recordsPerSecond * seconds);
    }

    /** Sends one record for each latency, and waits until all are acknowledged. */
    // The callback hears every outcome; the future that send returns beside it says nothing more.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(KafkaProducer<byte[], byte[]> producer, byte[] value, long[] latencies, AtomicInteger failures) {
        long began = System.nanoTime();
        double nanosBetween = 1e9 / recordsPerSecond;
        for (int record = 0; record < latencies.length; record++) {
            long due = began + (long) (record * nanosBetween);
            long early = due - System.nanoTime();
            if (early > 50_000) {
                LockSupport.parkNanos(early);
            }
            int index = record;
            producer.send(new ProducerRecord<>(topic(), record % partitions, null, value), (metadata, failure) -> {
                latencies[index] = System.nanoTime() - due;
                if (failure != null) {
                    failures.incrementAndGet();
                }
            });
        }
        producer.flush();
    }

    private Measurement measure(Peer peer, int count) throws Exception {
        byte[] value = new byte[recordBytes];
        long[] latencies = new long[count];
        AtomicInteger failures = new AtomicInteger();
        try (KafkaProducer<byte[], byte[]> producer =
                Clients.producer(peer, Map.of("acks", "all", "linger.ms", "0", "buffer.memory", "268435456"))) {
            send(producer, value, new long[recordsPerSecond * WARM_SECONDS], failures);
            double cpuBefore = peer.stats().cpuSeconds();
            long began = System.nanoTime();
            send(producer, value, latencies, failures);
            double elapsed = (System.nanoTime() - began) / 1e9;
            ProcessStats after = peer.stats();
            if (failures.get() > 0) {
                throw new IllegalStateException("sends failed: count=" + failures.get());
            }
            return Measurement.of(
                    count,
                    (long) count * recordBytes,
                    elapsed,
                    after.cpuSeconds() - cpuBefore,
                    Clients.percentiles(Arrays.copyOf(latencies, count)),
                    after);
        }
    }

    @Override
    public void clean(Peer peer) throws Exception {
        BrokerProcess.deleteTopic(peer, topic());
    }
}
