package io.thalweg.benchmarks.endtoend;

import io.thalweg.benchmarks.endtoend.BrokerCluster.End;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The leader of a partition ends under a steady load of an idempotent producer with default settings: the longest time in which
 * nothing was acknowledged. Each round ends with all replicas in sync again.
 */
record FailoverCell(String name, End end, int recordsPerSecond) implements Cell {

    private static final int RECORD_BYTES = 100;
    private static final int SECONDS_BEFORE = 5;
    private static final int SECONDS_AFTER = 15;

    @Override
    public void prepare(Peer peer) throws Exception {
        BrokerProcess.createTopic(peer, topic(), 1);
    }

    private String topic() {
        return "bench-" + Integer.toHexString(name.hashCode());
    }

    @Override
    public Measurement run(Peer peer, int round) throws Exception {
        BrokerCluster cluster = (BrokerCluster) peer;
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(peer, Map.of("acks", "all", "linger.ms", "0"))) {
            Load load = new Load(producer);
            load.run(SECONDS_BEFORE);
            int leader = cluster.leader(topic());
            Thread ending = new Thread(() -> load.failing(() -> cluster.end(leader, end)), "ending");
            ending.start();
            load.run(SECONDS_AFTER);
            ending.join();
            producer.flush();
            load.check();
            cluster.restart(leader, topic());
            return Measurement.ofGap(
                    load.longestGapNanos() / 1e6,
                    load.sent / (double) (SECONDS_BEFORE + SECONDS_AFTER),
                    load.percentiles(),
                    peer.stats());
        }
    }

    /** What an action of the other thread may throw. */
    private interface Action {
        void run() throws Exception;
    }

    private final class Load {
        private final KafkaProducer<byte[], byte[]> producer;
        private final byte[] value = new byte[RECORD_BYTES];
        private final int count = recordsPerSecond * (SECONDS_BEFORE + SECONDS_AFTER);
        private final AtomicLongArray latencies = new AtomicLongArray(count);
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicLong longestGap = new AtomicLong();
        private final AtomicLong lastAcknowledged = new AtomicLong();
        private volatile @Nullable Exception failure;
        private int sent;

        Load(KafkaProducer<byte[], byte[]> producer) {
            this.producer = producer;
        }

        // The callback hears every outcome; the future that send returns beside it says nothing more.
        @SuppressWarnings("FutureReturnValueIgnored")
        void run(int seconds) {
            long began = System.nanoTime();
            for (int record = 0; record < recordsPerSecond * seconds; record++) {
                long due = began + record * TimeUnit.SECONDS.toNanos(1) / recordsPerSecond;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                int index = sent++;
                producer.send(
                        new ProducerRecord<>(topic(), 0, null, value),
                        (metadata, refused) -> acknowledged(index, due, refused));
            }
        }

        private void acknowledged(int index, long due, @Nullable Exception refused) {
            long now = System.nanoTime();
            latencies.set(index, now - due);
            if (refused != null) {
                failures.incrementAndGet();
                return;
            }
            // One thread of the producer calls.
            long before = lastAcknowledged.getAndSet(now);
            if (before != 0) {
                longestGap.accumulateAndGet(now - before, Math::max);
            }
        }

        void failing(Action action) {
            try {
                action.run();
            } catch (Exception thrown) {
                failure = thrown;
            }
        }

        void check() throws Exception {
            Exception thrown = failure;
            if (thrown != null) {
                throw thrown;
            }
            if (failures.get() > 0) {
                throw new IllegalStateException("sends failed: count=" + failures.get());
            }
        }

        long longestGapNanos() {
            return longestGap.get();
        }

        double[] percentiles() {
            long[] nanos = new long[sent];
            for (int index = 0; index < sent; index++) {
                nanos[index] = latencies.get(index);
            }
            return Clients.percentiles(nanos);
        }
    }

    @Override
    public void clean(Peer peer) throws Exception {
        BrokerProcess.deleteTopic(peer, topic());
    }
}
