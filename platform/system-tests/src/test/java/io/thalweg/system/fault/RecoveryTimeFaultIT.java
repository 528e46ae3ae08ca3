package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a node with much data takes to serve again after kill -9 and after an orderly stop (scenario 28);
 * {@code -Dthalweg.recovery.gib=N} for another size than 10 GiB.
 */
@Tag("heavy")
@Timeout(1_200)
class RecoveryTimeFaultIT {
    private static final int GIB = Integer.getInteger("thalweg.recovery.gib", 10);
    private static final int PARTITIONS = 1_000;
    private static final int VALUE_BYTES = 16_000;
    private static final int WRITERS = 4;
    private static final String TOPIC = "archive";
    private static final int HEAP_MIB = 512;

    @TempDir
    Path directory;

    @Test
    void everythingIsThereAfterAKillAndAfterAStop() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory).withJvmOptions("-Xmx" + HEAP_MIB + "m")) {
            node.start();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.kafka()))) {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                        .all()
                        .get();
            }
            long acknowledged = fill(node);
            long filledMib = node.residentMib();
            int files = node.openFiles();
            node.kill();
            long uncleanMillis = node.start();
            assertThat(stored(node)).isEqualTo(acknowledged);
            long uncleanMib = node.residentMib();
            assertThat(node.stop()).isZero();
            long cleanMillis = node.start();
            assertThat(stored(node)).isEqualTo(acknowledged);
            long cleanMib = node.residentMib();
            System.out.printf(
                    "recovery: data=%d GiB partitions=%d unclean=%d ms clean=%d ms resident=%d, %d, %d MiB files=%d%n",
                    GIB, PARTITIONS, uncleanMillis, cleanMillis, filledMib, uncleanMib, cleanMib, files);
            assertThat(Math.max(filledMib, Math.max(uncleanMib, cleanMib))).isLessThan(HEAP_MIB + 512);
        }
    }

    private static long fill(NodeProcess node) throws InterruptedException {
        long records = ((long) GIB << 30) / VALUE_BYTES;
        AtomicLong next = new AtomicLong();
        AtomicLong acknowledged = new AtomicLong();
        AtomicInteger failed = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            Thread thread = new Thread(() -> write(node, records, next, acknowledged, failed));
            thread.start();
            writers.add(thread);
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(failed).hasValue(0);
        assertThat(acknowledged).hasValue(records);
        return records;
    }

    private static void write(
            NodeProcess node, long records, AtomicLong next, AtomicLong acknowledged, AtomicInteger failed) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", node.kafka(), "linger.ms", 50, "batch.size", 131_072);
        byte[] value = new byte[VALUE_BYTES];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long record = next.getAndIncrement(); record < records; record = next.getAndIncrement()) {
                // Eight in a row to each, so that batches form.
                int partition = (int) (record / 8 % PARTITIONS);
                var unused = producer.send(new ProducerRecord<>(TOPIC, partition, null, value), (stored, failure) -> {
                    if (failure == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failed.incrementAndGet();
                    }
                });
            }
        }
    }

    /** Records between the first and the last offset of every partition. */
    private static long stored(NodeProcess node) {
        List<TopicPartition> all = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.add(new TopicPartition(TOPIC, partition));
        }
        try (KafkaConsumer<byte[], Long> consumer = CompleteRead.consumer(node.kafka())) {
            Map<TopicPartition, Long> records = new HashMap<>(consumer.endOffsets(all));
            consumer.beginningOffsets(all).forEach((partition, first) -> records.merge(partition, -first, Long::sum));
            return records.values().stream().mapToLong(Long::longValue).sum();
        }
    }
}
