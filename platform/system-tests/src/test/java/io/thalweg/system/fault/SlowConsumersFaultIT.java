package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backlog of a million records, and clients at each door that ask for all of it and read nothing (scenario 32). */
@Timeout(480)
class SlowConsumersFaultIT {
    private static final String TOPIC = "backlog";
    private static final int RECORDS = 1_000_000;
    private static final int VALUE_BYTES = 100;
    private static final int CLIENTS_EACH = 5;
    private static final int SENDS = 500;
    private static final double HEAP_GROWTH_MIB_MAX_PER_CLIENT = 4;
    private static final int PATIENCE_MILLIS = 120_000;
    private static final long PATIENCE_NANOS = PATIENCE_MILLIS * 1_000_000L;

    @TempDir
    Path directory;

    @Test
    void clientsThatDoNotReadCostLittleAndAreCut() throws Exception {
        try (NodeProcess node = node("patient", 3_600_000)) {
            node.start();
            Topics.create(node, TOPIC, 1);
            Topics.create(node, "others", 1);
            fill(node);
            whileTheyStay(node);
            assertThat(node.stop()).isZero();
        }
        try (NodeProcess node = node("strict", 3_000)) {
            node.start();
            theyAreCut(node);
            assertThat(node.stop()).isZero();
        }
    }

    /** On the same data each time. */
    private NodeProcess node(String name, int patienceMillis) throws IOException {
        return NodeProcess.in(Files.createDirectory(directory.resolve(name)))
                .withDataDirectory(directory.resolve("data"))
                .withJvmOptions("-Xmx256m", "-XX:+ExitOnOutOfMemoryError")
                .withOptions(
                        "--set", "http.slowReaderMillis=" + patienceMillis,
                        "--set", "http.idleMillis=" + Math.max(30_000, patienceMillis),
                        "--set", "eventBus.idleMillis=" + patienceMillis);
    }

    /** However long the measurement takes, nobody is cut meanwhile. */
    private static void whileTheyStay(NodeProcess node) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> stopped = consumer(node)) {
            stopped.assign(Set.of(new TopicPartition(TOPIC, 0)));
            while (stopped.poll(Duration.ofSeconds(1)).isEmpty()) {
                Thread.onSpinWait();
            }
            long[] before = latencies(node);
            double heapBefore = NodeMetricsReading.heapMib(node);
            connect(node, clients);
            long[] during = latencies(node);
            double growth = NodeMetricsReading.heapMib(node) - heapBefore;
            assertThat(NodeMetricsReading.sum(node, "thalweg_door_streams_open", ".*"))
                    .as("the clients were there while it was measured")
                    .isEqualTo(clients.size());
            System.out.printf(
                    "slow consumers: clients=%d heap growth=%.1f MiB publish p99 before=%d us during=%d us%n",
                    clients.size(), growth, before[SENDS * 99 / 100], during[SENDS * 99 / 100]);
            assertThat(growth).isLessThan(HEAP_GROWTH_MIB_MAX_PER_CLIENT * clients.size());
            stopped.seekToBeginning(stopped.assignment());
            int read = 0;
            while (read < RECORDS) {
                read += stopped.poll(Duration.ofSeconds(10)).count();
            }
        } finally {
            close(clients);
        }
    }

    private static void theyAreCut(NodeProcess node) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try {
            connect(node, clients);
            long began = System.nanoTime();
            while (NodeMetricsReading.sum(node, "thalweg_door_readers_cut_total", ".*http.*") < 2 * CLIENTS_EACH
                    || NodeMetricsReading.sum(node, "thalweg_door_connections_cut_total", ".*eventBus.*")
                            < CLIENTS_EACH) {
                assertThat(System.nanoTime() - began).as("all are cut").isLessThan(PATIENCE_NANOS);
            }
            System.out.printf("slow consumers: all cut within %d ms more%n", (System.nanoTime() - began) / 1_000_000);
            for (Socket client : clients) {
                assertThat(bytesUntilClosed(client)).isLessThan((long) RECORDS * VALUE_BYTES);
            }
        } finally {
            close(clients);
        }
    }

    private static void connect(NodeProcess node, List<Socket> clients) throws IOException {
        for (int i = 0; i < CLIENTS_EACH; i++) {
            clients.add(eventStream(node));
            clients.add(webSocket(node));
            clients.add(eventBus(node));
        }
    }

    private static void close(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }

    private static void fill(NodeProcess node) {
        byte[] value = new byte[VALUE_BYTES];
        Arrays.fill(value, (byte) 'x');
        try (KafkaProducer<byte[], byte[]> producer = producer(node, 20)) {
            for (int i = 0; i < RECORDS; i++) {
                var unused = producer.send(new ProducerRecord<>(TOPIC, 0, null, value));
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(NodeProcess node, int lingerMillis) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", node.kafka(), "linger.ms", lingerMillis, "batch.size", 262_144),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(NodeProcess node) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", node.kafka(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Of single publishes by another client, in microseconds, sorted. */
    private static long[] latencies(NodeProcess node) throws Exception {
        long[] micros = new long[SENDS];
        try (KafkaProducer<byte[], byte[]> producer = producer(node, 0)) {
            for (int i = -SENDS; i < SENDS; i++) {
                long began = System.nanoTime();
                producer.send(new ProducerRecord<>("others", 0, null, new byte[10]))
                        .get();
                if (i >= 0) {
                    micros[i] = (System.nanoTime() - began) / 1_000;
                }
            }
        }
        Arrays.sort(micros);
        return micros;
    }

    private static Socket connect(int port, byte[] first) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream().write(first);
        return socket;
    }

    private static byte[] request(String... lines) {
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static Socket eventStream(NodeProcess node) throws IOException {
        Socket socket = connect(
                node.httpPort(),
                request("GET /v1/topics/" + TOPIC + "/events?from=earliest HTTP/1.1", "Host: localhost"));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }

    private static Socket webSocket(NodeProcess node) throws IOException {
        Socket socket = connect(
                node.httpPort(),
                request(
                        "GET /v1/stream HTTP/1.1",
                        "Host: localhost",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        assertThat(head).startsWith("HTTP/1.1 101 ");
        byte[] subscribe = ("{\"op\":\"subscribe\",\"id\":\"s\",\"topics\":[\"" + TOPIC
                        + "\"],\"from\":\"earliest\",\"credits\":" + RECORDS + "}")
                .getBytes(StandardCharsets.US_ASCII);
        socket.getOutputStream()
                .write(ByteBuffer.allocate(6 + subscribe.length)
                        .put((byte) 0x81)
                        .put((byte) (0x80 | subscribe.length))
                        .putInt(0)
                        .put(subscribe)
                        .array());
        assertThat(socket.getInputStream().read()).isEqualTo(0x81);
        return socket;
    }

    private static Socket eventBus(NodeProcess node) throws IOException {
        byte[] subscribe = new JsonObject()
                .put("type", "send")
                .put("address", "subscribe." + TOPIC)
                .put("replyAddress", "r")
                .put("body", new JsonObject().put("from", "earliest").put("credits", 10_000))
                .toBuffer()
                .getBytes();
        Socket socket = connect(
                node.eventBusPort(),
                ByteBuffer.allocate(4 + subscribe.length)
                        .putInt(subscribe.length)
                        .put(subscribe)
                        .array());
        assertThat(socket.getInputStream().read()).isZero();
        return socket;
    }

    private static long bytesUntilClosed(Socket client) throws IOException {
        long bytes = 0;
        byte[] buffer = new byte[64 << 10];
        client.setSoTimeout(PATIENCE_MILLIS);
        try {
            InputStream in = client.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
            }
        } catch (SocketException reset) {
            return bytes;
        }
        return bytes;
    }
}
