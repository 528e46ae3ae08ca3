package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.History;
import io.thalweg.system.node.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand connections from one address that say nothing, or half of something (scenario 33). */
@Timeout(300)
class ConnectionFloodFaultIT {
    private static final int FLOOD = 10_000;
    private static final int STORM = 2_500;
    private static final String TOPIC = "orders";
    /** Loopback too, so that the flood has an address of its own. */
    private static final String FLOOD_ADDRESS = "127.0.0.2";

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    Path directory;

    @Test
    @Tag("heavy")
    void tenThousandSilentConnectionsAtEachDoorLeaveRoomForOthers() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            Topics.create(node, TOPIC, 1);
            serveFreshClients(node);
            int filesBefore = node.openFiles();
            for (int port : List.of(node.kafkaPort(), node.httpPort(), node.eventBusPort())) {
                List<Socket> flood = flood(port, FLOOD);
                try {
                    int filesDuring = node.openFiles();
                    long servedMillis = serveFreshClients(node);
                    System.out.printf(
                            "flood: port=%s connected=%d node files before=%d during=%d fresh clients served in %d ms%n",
                            port == node.kafkaPort() ? "kafka" : port == node.httpPort() ? "http" : "eventBus",
                            flood.size(),
                            filesBefore,
                            filesDuring,
                            servedMillis);
                    assertThat(flood).as("the flood took place").hasSizeGreaterThan(FLOOD / 2);
                    assertThat(filesDuring).as("the flood arrived").isGreaterThan(filesBefore + 900);
                } finally {
                    closeAll(flood);
                }
                awaitFiles(node, filesBefore + 50);
            }
            assertThat(node.printed()).doesNotContain("Too many open files").doesNotContain("OutOfMemoryError");
        }
    }

    @Test
    void halfRequestsAreClosedByThemselvesAndAStormOfConnectionsLeavesNothing() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)
                .withOptions(
                        "--set", "http.firstRequestMillis=6000",
                        "--set", "kafka.firstRequestMillis=6000",
                        "--set", "eventBus.frameMillis=6000")) {
            node.start();
            Topics.create(node, TOPIC, 1);
            serveFreshClients(node);
            int filesBefore = node.openFiles();
            List<Socket> halves = new ArrayList<>();
            for (int port : List.of(node.kafkaPort(), node.httpPort(), node.eventBusPort())) {
                List<Socket> some = flood(port, 300);
                for (Socket half : some) {
                    half.getOutputStream()
                            .write(
                                    port == node.httpPort()
                                            ? "GET / HTTP/1.1\r\nHost: lo".getBytes(StandardCharsets.US_ASCII)
                                            : new byte[] {0, 0});
                }
                // Connected means queued by the kernel; the node accepts a little later.
                awaitMoreFiles(node, filesBefore + 200);
                halves.addAll(some);
            }
            serveFreshClients(node);
            // Nobody closes them here.
            awaitFiles(node, filesBefore + 50);
            closeAll(halves);

            for (int i = 0; i < STORM; i++) {
                try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), node.kafkaPort())) {
                    assertThat(connection.isConnected()).isTrue();
                }
            }
            serveFreshClients(node);
            awaitFiles(node, filesBefore + 50);
        }
    }

    /** Connects as often as it can, up to so many. */
    private static List<Socket> flood(int port, int connections) throws IOException {
        List<Socket> flood = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Socket socket = new Socket();
            try {
                socket.bind(new InetSocketAddress(FLOOD_ADDRESS, 0));
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
                flood.add(socket);
            } catch (SocketException refused) {
                socket.close();
            }
        }
        return flood;
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** A new Kafka producer and a new HTTP client are served; how long both took. */
    private static long serveFreshClients(NodeProcess node) throws Exception {
        long began = System.nanoTime();
        HttpResponse<Void> health = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(node.http() + "/health/ready"))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(health.statusCode()).isEqualTo(200);
        try (ProducerLoad load = new ProducerLoad(new History(), node.kafka(), TOPIC, 1)) {
            load.awaitAcknowledged(1);
        }
        return (System.nanoTime() - began) / 1_000_000;
    }

    private static void awaitMoreFiles(NodeProcess node, int wanted) throws IOException {
        long began = System.nanoTime();
        while (node.openFiles() < wanted) {
            assertThat(System.nanoTime() - began)
                    .as("the connections arrive: wanted=%d found=%d", wanted, node.openFiles())
                    .isLessThan(PATIENCE_NANOS);
        }
    }

    private static void awaitFiles(NodeProcess node, int wanted) throws IOException {
        long began = System.nanoTime();
        while (node.openFiles() > wanted) {
            assertThat(System.nanoTime() - began)
                    .as("file descriptors come back: wanted=%d found=%d", wanted, node.openFiles())
                    .isLessThan(PATIENCE_NANOS);
        }
    }
}
