package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.node.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Garbage and floods on every port while ordinary clients work (reliability scenarios 33 and 36). */
@Timeout(240)
class AbusiveClientsFaultIT {

    private static final String TOPIC = "orders";
    private static final int PATIENCE_MILLIS = 60_000;
    private static final long PATIENCE_NANOS = PATIENCE_MILLIS * 1_000_000L;
    private static final int FLOOD = 3_000;
    private static final byte[] HALF_FRAME = {0, 0};

    /** Nobody is closed for his silence, so that who is closed was refused. */
    private static final String[] PATIENT = {
        "--set", "kafka.firstRequestMillis=3600000",
        "--set", "kafka.frameMillis=3600000",
        "--set", "kafka.connectionsPerAddressMax=1000",
        "--set", "eventBus.idleMillis=3600000",
        "--set", "eventBus.frameMillis=3600000"
    };

    @TempDir
    Path directory;

    @Test
    void garbageOnEveryPortDisturbsNobody() throws Exception {
        History history = new History();
        try (NodeProcess node = NodeProcess.in(directory).withOptions(PATIENT)) {
            node.start();
            Topics.create(node, TOPIC, 1);
            int filesBefore = node.openFiles();
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, 1)) {
                load.awaitAcknowledged(100);
                SplittableRandom random = new SplittableRandom(36);
                for (int port : List.of(node.kafkaPort(), node.eventBusPort())) {
                    readToTheEnd(port, frame(Integer.MAX_VALUE, 1_000));
                    readToTheEnd(port, frame(-1, 0));
                }
                for (int port : List.of(node.kafkaPort(), node.eventBusPort(), node.httpPort())) {
                    for (int attempt = 0; attempt < 50; attempt++) {
                        byte[] garbage = new byte[8 + random.nextInt(500)];
                        random.nextBytes(garbage);
                        sendAndForget(port, garbage);
                        sendAndForget(port, frame(garbage));
                    }
                }
                sendAndForget(
                        node.httpPort(),
                        ("POST /v1/topics HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: 200000\r\n\r\n" + "[".repeat(200_000))
                                .getBytes(StandardCharsets.US_ASCII));
                load.awaitAcknowledged(100);
            }
            CompleteRead.into(history, node.kafka(), TOPIC, 1);
            assertThat(HistoryChecker.check(history).valid()).isTrue();
            assertThat(node.alive()).isTrue();
            assertThat(node.printed()).doesNotContain("OutOfMemoryError").doesNotContain("\tat io.thalweg");
            long began = System.nanoTime();
            while (node.openFiles() >= filesBefore + 50) {
                assertThat(System.nanoTime() - began).as("files come back").isLessThan(PATIENCE_NANOS);
            }
        }
    }

    @Test
    void aFloodOfIdleConnectionsLeavesRoomForAFreshClient() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory).withOptions(PATIENT)) {
            node.start();
            Topics.create(node, TOPIC, 1);
            try (Flood flood = Flood.open()) {
                flood.connect(node.kafkaPort(), FLOOD, HALF_FRAME);
                flood.awaitClosed(FLOOD - 1_000);
                History history = new History();
                try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, 1)) {
                    load.awaitAcknowledged(100);
                }
                assertThat(HistoryChecker.check(history).acknowledged()).isGreaterThanOrEqualTo(100);
            }
        }
    }

    private static byte[] frame(int length, int bytes) {
        return ByteBuffer.allocate(4 + bytes).putInt(length).array();
    }

    private static byte[] frame(byte[] body) {
        return ByteBuffer.allocate(4 + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static void sendAndForget(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closedByTheNode) {
            // As it should.
        }
    }

    /** Returns once the node has closed the connection on its own after these bytes; an error frame may come first. */
    private static void readToTheEnd(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // Closed with our bytes unread: that is the point.
        }
    }
}
