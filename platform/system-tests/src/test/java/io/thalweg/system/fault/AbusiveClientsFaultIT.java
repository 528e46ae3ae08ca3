package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.node.NodeProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Garbage and floods on every port while ordinary clients work (reliability scenarios 33 and 36). */
class AbusiveClientsFaultIT {

    private static final String TOPIC = "orders";
    private static final int ANSWER_TIMEOUT_MILLIS = 5_000;

    @TempDir
    Path directory;

    @Test
    void garbageOnEveryPortDisturbsNobody() throws Exception {
        History history = new History();
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            Topics.create(node, TOPIC, 1);
            int filesBefore = node.openFiles();
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, 1)) {
                load.awaitAcknowledged(100);
                SplittableRandom random = new SplittableRandom(36);
                for (int port : List.of(node.kafkaPort(), node.eventBusPort())) {
                    assertThat(closes(port, frame(Integer.MAX_VALUE, 1_000)))
                            .as("2 GiB on %d", port)
                            .isTrue();
                    assertThat(closes(port, frame(-1, 0))).as("-1 on %d", port).isTrue();
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
            assertThat(node.openFiles()).isLessThan(filesBefore + 50);
        }
    }

    @Test
    void aFloodOfIdleConnectionsLeavesRoomForAFreshClient() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            Topics.create(node, TOPIC, 1);
            List<Socket> flood = new ArrayList<>();
            try {
                for (int connection = 0; connection < 3_000; connection++) {
                    try {
                        flood.add(new Socket(InetAddress.getLoopbackAddress(), node.kafkaPort()));
                    } catch (SocketException refused) {
                        break;
                    }
                }
                assertThat(flood).as("the flood took place").hasSizeGreaterThan(500);
                for (int half = 0; half < Math.min(1_000, flood.size()); half++) {
                    try {
                        flood.get(half).getOutputStream().write(new byte[] {0, 0});
                    } catch (SocketException closedByTheNode) {
                        // Over its cap: that is the point.
                    }
                }
                History history = new History();
                try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, 1)) {
                    load.awaitAcknowledged(100);
                }
                assertThat(HistoryChecker.check(history).acknowledged()).isGreaterThanOrEqualTo(100);
            } finally {
                for (Socket socket : flood) {
                    socket.close();
                }
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

    /** Whether the node closes the connection on its own after these bytes. */
    private static boolean closes(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            byte[] answer = new byte[1_024];
            while (in.read(answer) >= 0) {
                // An error frame may come first.
            }
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }
}
