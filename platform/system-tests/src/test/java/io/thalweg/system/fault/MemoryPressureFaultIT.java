package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.node.NodeProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More than a small heap holds, and batches that inflate beyond any bound (reliability scenarios 35 and 37). */
class MemoryPressureFaultIT {

    private static final String TOPIC = "orders";
    private static final int CLIENTS = 100;
    private static final int RECORDS_EACH = 10;
    private static final int RECORD_BYTES = 900_000;
    private static final int BOMB_BYTES = 120 << 20;

    @TempDir
    Path directory;

    @Test
    @Tag("heavy")
    void aHundredClientsWithTheLargestBatchesFitIntoASmallHeap() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)
                .withJvmOptions("-Xmx256m", "-XX:MaxDirectMemorySize=256m", "-XX:+ExitOnOutOfMemoryError")) {
            node.start();
            Topics.create(node, TOPIC, CLIENTS);
            ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
            try {
                List<Future<Integer>> clients = new ArrayList<>();
                for (int client = 0; client < CLIENTS; client++) {
                    int partition = client;
                    Callable<Integer> task = () -> produce(node, partition);
                    clients.add(threads.submit(task));
                }
                int acknowledged = 0;
                for (Future<Integer> client : clients) {
                    acknowledged += client.get();
                }
                assertThat(acknowledged).isEqualTo(CLIENTS * RECORDS_EACH);
            } finally {
                threads.shutdownNow();
            }
            assertThat(node.alive()).isTrue();
            System.out.printf("memory pressure: resident=%d MiB%n", node.residentMib());
        }
    }

    private static int produce(NodeProcess node, int partition) throws Exception {
        byte[] value = new byte[RECORD_BYTES];
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                node.kafka(),
                "acks",
                "all",
                "buffer.memory",
                3_000_000,
                "linger.ms",
                0,
                "delivery.timeout.ms",
                120_000,
                "max.block.ms",
                120_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<?>> sends = new ArrayList<>();
            for (int record = 0; record < RECORDS_EACH; record++) {
                sends.add(producer.send(new ProducerRecord<>(TOPIC, partition, null, value)));
            }
            for (Future<?> send : sends) {
                send.get();
            }
            return sends.size();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "lz4", "snappy"})
    void aBatchThatInflatesWithoutEndIsRefusedAndDisturbsNobody(String codec) throws Exception {
        History history = new History();
        try (NodeProcess node = NodeProcess.in(directory).withJvmOptions("-Xmx128m", "-XX:+ExitOnOutOfMemoryError")) {
            node.start();
            Topics.create(node, TOPIC, 1);
            Topics.create(node, "bombs", 1);
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, 1)) {
                load.awaitAcknowledged(100);
                Map<String, Object> properties = Map.of(
                        "bootstrap.servers",
                        node.kafka(),
                        "compression.type",
                        codec,
                        "max.request.size",
                        Integer.MAX_VALUE,
                        "buffer.memory",
                        4L * BOMB_BYTES,
                        "retries",
                        0,
                        "enable.idempotence",
                        false);
                try (KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
                    var refused = producer.send(new ProducerRecord<>("bombs", 0, null, new byte[BOMB_BYTES]));
                    assertThatThrownBy(refused::get)
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(ApiException.class)
                            // What the node answered, not that it did not.
                            .cause()
                            .isNotInstanceOf(TimeoutException.class);
                }
                load.awaitAcknowledged(100);
            }
            CompleteRead.into(history, node.kafka(), TOPIC, 1);
            assertThat(HistoryChecker.check(history).valid()).isTrue();
            assertThat(node.alive()).isTrue();
        }
    }
}
