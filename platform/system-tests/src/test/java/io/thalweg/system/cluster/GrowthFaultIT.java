package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node with a gigabyte of records, alone so far, becomes one of three while clients write to it. */
@Tag("heavy")
@Timeout(900)
class GrowthFaultIT {

    private static final int TOPICS = 12;
    private static final long BYTES = 1L << 30;
    private static final int FILL_BYTES = 16_000;
    private static final int RECORD_BYTES = 1_000;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final int IN_FLIGHT_MAX = 2_000;

    /** Ten seconds of writing. */
    private static final int PHASE_RECORDS = 5_000;

    @TempDir
    Path directory;

    @Test
    void allIsCopiedAndLedByThreeAndNoClientSeesAnError() throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.in(directory)) {
            cluster.add(1, node -> node);
            cluster.node(1).start();
            List<String> topics = createTopics(cluster);
            long filled = fill(cluster, topics);
            try (Load load = new Load(cluster.bootstrap(), topics)) {
                // The first seconds are the compiler's.
                load.awaitMore(PHASE_RECORDS);
                load.takeLatencies();
                load.awaitMore(PHASE_RECORDS);
                List<Long> alone = load.takeLatencies();

                long began = System.nanoTime();
                cluster.add(2, node -> node);
                cluster.add(3, node -> node);
                cluster.start(List.of(2, 3));
                cluster.await(
                        "three replicas of each topic, and leaders on each node", id -> spread(cluster, id, topics));
                cluster.awaitSettled();
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
                List<Long> meanwhile = load.takeLatencies();
                load.awaitMore(PHASE_RECORDS);
                List<Long> after = load.takeLatencies();
                long written = load.finish();
                System.out.printf(
                        "growth: %d MiB in %d topics copied to two more nodes and led by three in %d s; acks=all p50/p99/max ms"
                                + " alone %s, meanwhile %s, on three %s; failed=%d%n",
                        BYTES >> 20,
                        TOPICS,
                        seconds,
                        quantiles(alone),
                        quantiles(meanwhile),
                        quantiles(after),
                        load.failed());
                assertThat(load.failed()).as("errors that a client saw").isZero();
                assertThat(stored(cluster, topics)).isEqualTo(filled + written);
                cluster.stopAll();
            }
        }
    }

    private static List<String> createTopics(ClusterProcesses cluster) throws Exception {
        List<String> names = new ArrayList<>();
        List<NewTopic> created = new ArrayList<>();
        for (int topic = 0; topic < TOPICS; topic++) {
            names.add("archive-" + topic);
            created.add(new NewTopic("archive-" + topic, Optional.of(1), Optional.empty()));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
            admin.createTopics(created).all().get();
        }
        return names;
    }

    private static long fill(ClusterProcesses cluster, List<String> topics) {
        long records = BYTES / FILL_BYTES;
        AtomicInteger failed = new AtomicInteger();
        try (KafkaProducer<byte[], byte[]> producer = producer(cluster.bootstrap(), 131_072)) {
            for (long record = 0; record < records; record++) {
                String topic = topics.get((int) (record / 8 % TOPICS));
                var unused = producer.send(new ProducerRecord<>(topic, new byte[FILL_BYTES]), (stored, failure) -> {
                    if (failure != null) {
                        failed.incrementAndGet();
                    }
                });
            }
        }
        assertThat(failed).hasValue(0);
        return records;
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrap, int batchBytes) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 1, "batch.size", batchBytes),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static boolean spread(ClusterProcesses cluster, int id, List<String> topics) throws InterruptedException {
        Set<Integer> leaders = new HashSet<>();
        for (String topic : topics) {
            JsonObject partition = cluster.partitions(id, topic).get(0);
            if (partition.getJsonArray("replicas").size() < 3) {
                return false;
            }
            leaders.add(partition.getInteger("leader"));
        }
        return leaders.size() == 3 && !leaders.contains(-1);
    }

    /** Records between the first and the last offset of all topics, as a client of the third node sees it. */
    private static long stored(ClusterProcesses cluster, List<String> topics) {
        List<TopicPartition> all =
                topics.stream().map(topic -> new TopicPartition(topic, 0)).toList();
        long records = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.node(3).kafka(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            // Offsets count the leaders' own records too, so that only reading tells.
            consumer.assign(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                records += consumer.poll(Duration.ofSeconds(1)).count();
            }
        }
        return records;
    }

    /** Milliseconds, with one decimal. */
    private static String quantiles(List<Long> nanos) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        return String.format(
                "%.1f/%.1f/%.1f",
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(sorted.size() * 99 / 100) / 1e6,
                sorted.get(sorted.size() - 1) / 1e6);
    }

    /** 500 records a second in all, to each topic in turn, and how long each took. */
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean running = new AtomicBoolean(true);
        private final AtomicInteger failed = new AtomicInteger();
        private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
        private final Thread thread;
        private List<Long> latencies = new ArrayList<>();
        private long acknowledged;

        Load(String bootstrap, List<String> topics) {
            thread = new Thread(() -> produce(bootstrap, topics), "growth-load");
            thread.start();
        }

        private void produce(String bootstrap, List<String> topics) {
            try (KafkaProducer<byte[], byte[]> producer = producer(bootstrap, 16_384)) {
                for (long record = 0; running.get(); record++) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                    inFlight.acquireUninterruptibly();
                    String topic = topics.get((int) (record % TOPICS));
                    long sent = System.nanoTime();
                    var unused =
                            producer.send(new ProducerRecord<>(topic, new byte[RECORD_BYTES]), (stored, failure) -> {
                                inFlight.release();
                                if (failure == null) {
                                    acknowledged(System.nanoTime() - sent);
                                } else {
                                    failed.incrementAndGet();
                                }
                            });
                }
            }
        }

        private synchronized void acknowledged(long nanos) {
            latencies.add(nanos);
            acknowledged++;
            notifyAll();
        }

        synchronized List<Long> takeLatencies() {
            List<Long> taken = latencies;
            latencies = new ArrayList<>();
            return taken;
        }

        synchronized void awaitMore(long more) throws InterruptedException {
            long wanted = acknowledged + more;
            while (acknowledged < wanted) {
                wait();
            }
        }

        int failed() {
            return failed.get();
        }

        /** Stops writing; how much was acknowledged. */
        long finish() {
            running.set(false);
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            synchronized (this) {
                return acknowledged;
            }
        }

        @Override
        public void close() {
            finish();
        }
    }
}
