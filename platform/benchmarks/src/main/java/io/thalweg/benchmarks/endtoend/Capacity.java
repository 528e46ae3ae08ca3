package io.thalweg.benchmarks.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Starts, restarts and many partitions: what a node costs before it does any work. Arguments: {@code --jar FILE},
 * {@code --partitions N} (10000), {@code --log-mib N} (1024).
 */
public final class Capacity {

    private static final int STARTS = 5;
    private static final int TOPIC_PARTITIONS = 1_000;

    private final Path jar;
    private final Path work;

    private Capacity(Path jar, Path work) {
        this.jar = jar;
        this.work = work;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = Compare.options(arguments);
        Capacity capacity = new Capacity(
                Path.of(options.getOrDefault("--jar", "platform/launcher/target/thalweg.jar")),
                Files.createTempDirectory("thalweg-capacity"));
        capacity.starts();
        capacity.manyPartitions(Integer.parseInt(options.getOrDefault("--partitions", "10000")));
        capacity.killedWithLog(Integer.parseInt(options.getOrDefault("--log-mib", "1024")));
    }

    private BrokerProcess node(String name) throws IOException, InterruptedException {
        return new Peers(work, work, jar).thalweg(name, "fsync");
    }

    /** From the process's start to the first record acknowledged to a client that was waiting for the port. */
    private void starts() throws Exception {
        for (int start = 0; start < STARTS; start++) {
            long began = System.nanoTime();
            try (BrokerProcess node = node("start-" + start)) {
                double toMetadata = millisSince(began);
                RawProduce.acknowledged(node.bootstrap(), "first");
                print(
                        "start: to first metadata answer %.0f ms, to first acknowledged record %.0f ms, %.2f cpu s, %d MiB resident, %d files",
                        toMetadata,
                        millisSince(began),
                        node.stats().cpuSeconds(),
                        node.stats().residentMib(),
                        node.stats().openFiles());
            }
        }
    }

    private void manyPartitions(int partitions) throws Exception {
        try (BrokerProcess node = node("partitions")) {
            long began = System.nanoTime();
            try (Admin admin = BrokerProcess.admin(node)) {
                List<NewTopic> topics = new ArrayList<>();
                for (int topic = 0; topic * TOPIC_PARTITIONS < partitions; topic++) {
                    topics.add(new NewTopic("many-" + topic, TOPIC_PARTITIONS, (short) 1));
                }
                admin.createTopics(topics).all().get();
            }
            print("partitions: %d created in %.0f ms, %s", partitions, millisSince(began), node.stats());
            began = System.nanoTime();
            touchAll(node, partitions);
            print("partitions: one record to each in %.0f ms, %s", millisSince(began), node.stats());
            stop(node);
        }
        restart("partitions", "clean restart with " + partitions + " partitions", partitions);
        restart("partitions", "second clean restart with " + partitions + " partitions", partitions);
    }

    private void restart(String name, String what, int partitions) throws Exception {
        long began = System.nanoTime();
        try (BrokerProcess node = node(name)) {
            print("%s: to first metadata answer %.0f ms, %s", what, millisSince(began), node.stats());
            touchAll(node, partitions);
            print("%s: and a record to each %.0f ms, %s", what, millisSince(began), node.stats());
            stop(node);
        }
    }

    private static void stop(BrokerProcess node) throws IOException {
        node.close();
        print("partitions: clean stop in %d ms", node.stopMillis());
    }

    private static void touchAll(Peer node, int partitions) throws Exception {
        byte[] value = new byte[100];
        try (KafkaProducer<byte[], byte[]> producer =
                Clients.producer(node, Map.of("acks", "all", "delivery.timeout.ms", 600_000))) {
            List<Future<?>> sends = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                sends.add(producer.send(new ProducerRecord<>(
                        "many-" + partition / TOPIC_PARTITIONS, partition % TOPIC_PARTITIONS, null, value)));
            }
            for (Future<?> send : sends) {
                send.get();
            }
        }
    }

    /** kill -9 with that much log, and the time until it serves again. */
    private void killedWithLog(int mebibytes) throws Exception {
        try (BrokerProcess node = node("killed")) {
            byte[] value = new byte[1_024];
            BrokerProcess.createTopic(node, "log", 6);
            try (KafkaProducer<byte[], byte[]> producer = Clients.producer(
                    node, Map.of("acks", "all", "batch.size", 131_072, "delivery.timeout.ms", 600_000))) {
                List<Future<?>> last = new ArrayList<>();
                for (int record = 0; record < mebibytes * 1_024; record++) {
                    Future<?> send = producer.send(new ProducerRecord<>("log", record % 6, null, value));
                    if (record > mebibytes * 1_024 - 7) {
                        last.add(send);
                    }
                }
                for (Future<?> send : last) {
                    send.get();
                }
            }
            node.kill();
        }
        long began = System.nanoTime();
        try (BrokerProcess node = node("killed")) {
            RawProduce.acknowledged(node.bootstrap(), "log");
            print(
                    "kill -9 with %d MiB of log: first record acknowledged after %.0f ms, %s",
                    mebibytes, millisSince(began), node.stats());
        }
    }

    private static double millisSince(long began) {
        return (System.nanoTime() - began) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
