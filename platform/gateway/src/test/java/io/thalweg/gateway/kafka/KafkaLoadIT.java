package io.thalweg.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.BrokerConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many producers and consumers at once, on few partitions, each record with a number and a checksum of its own. The hot
 * tail is so small that most reads are sent from files, some from memory, and many from both in one response.
 */
@ExtendWith(LeakWatch.class)
class KafkaLoadIT {

    private static final int PARTITIONS = 3;
    private static final int PRODUCERS = 4;
    private static final int CONSUMERS = 3;
    private static final int RECORDS = 4_000;
    private static final long SECONDS = 300;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyRecordComesBackOnceInOrderAndWhole(boolean nativeTransport, @TempDir Path directory) throws Exception {
        KafkaNode node = KafkaNode.start(
                BrokerConfig.defaults(directory).withTailBytes(1 << 20),
                KafkaGatewayConfig.defaults(),
                nativeTransport);
        ExecutorService threads = Executors.newFixedThreadPool(PRODUCERS + CONSUMERS);
        try {
            node.createTopic("load", PARTITIONS, Map.of("segment.bytes", "4194304"));
            List<Future<?>> work = new ArrayList<>();
            for (int producer = 0; producer < PRODUCERS; producer++) {
                work.add(threads.submit(produce(node, producer)));
            }
            for (int consumer = 0; consumer < CONSUMERS; consumer++) {
                work.add(threads.submit(consume(node)));
            }
            for (Future<?> each : work) {
                each.get(SECONDS, TimeUnit.SECONDS);
            }
            consume(node).call();
        } finally {
            threads.shutdownNow();
            node.close();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // closing the producer waits, and the consumers miss what failed
    private static Callable<Void> produce(KafkaNode node, int producer) {
        return () -> {
            Map<String, Object> config = new HashMap<>();
            config.put("bootstrap.servers", node.bootstrap());
            config.put("linger.ms", producer % 2 == 0 ? 0 : 5);
            config.put("compression.type", producer == 3 ? "lz4" : "none");
            Random random = new Random(producer);
            try (KafkaProducer<byte[], byte[]> client =
                    new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
                for (int number = 0; number < RECORDS; number++) {
                    int size = random.nextInt(50) == 0 ? random.nextInt(200_000) : random.nextInt(3_000);
                    client.send(new ProducerRecord<>(
                            "load", number % PARTITIONS, null, value(producer, number, random, size)));
                }
            }
            return null;
        };
    }

    private static Callable<Void> consume(KafkaNode node) {
        return () -> {
            Map<String, Object> config = Map.of(
                    "bootstrap.servers",
                    node.bootstrap(),
                    "max.partition.fetch.bytes",
                    300_000,
                    "fetch.max.bytes",
                    700_000);
            int[][] next = new int[PRODUCERS][PARTITIONS];
            for (int producer = 0; producer < PRODUCERS; producer++) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    next[producer][partition] = partition;
                }
            }
            try (KafkaConsumer<byte[], byte[]> client =
                    new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                List<TopicPartition> partitions = new ArrayList<>();
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    partitions.add(new TopicPartition("load", partition));
                }
                client.assign(partitions);
                client.seekToBeginning(partitions);
                int read = 0;
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                while (read < PRODUCERS * RECORDS) {
                    assertThat(System.nanoTime()).as("read %d in time", read).isLessThan(deadline);
                    for (ConsumerRecord<byte[], byte[]> record : client.poll(Duration.ofMillis(500))) {
                        check(record, next);
                        read++;
                    }
                }
            }
            return null;
        };
    }

    private static byte[] value(int producer, int number, Random random, int size) {
        byte[] bytes = new byte[12 + size];
        random.nextBytes(bytes);
        ByteBuffer.wrap(bytes).putInt(0, producer).putInt(4, number).putInt(8, 0);
        ByteBuffer.wrap(bytes).putInt(8, checksum(bytes));
        return bytes;
    }

    private static void check(ConsumerRecord<byte[], byte[]> record, int[][] next) {
        ByteBuffer value = ByteBuffer.wrap(record.value());
        int producer = value.getInt(0);
        int expected = next[producer][record.partition()];
        assertThat(value.getInt(4))
                .as("producer %d offset %d", producer, record.offset())
                .isEqualTo(expected);
        next[producer][record.partition()] = expected + PARTITIONS;
        int stated = value.getInt(8);
        value.putInt(8, 0);
        assertThat(checksum(value.array())).as("offset %d", record.offset()).isEqualTo(stated);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
