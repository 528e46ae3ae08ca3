package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.history.History;
import io.thalweg.system.node.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand connections from one address that say nothing, or half of something (scenario 33). */
@Timeout(300)
class ConnectionFloodFaultIT {
    private static final int FLOOD = 10_000;
    private static final int HALVES = 300;
    private static final int STORM = 2_500;
    private static final String TOPIC = "orders";
    private static final byte[] NOTHING = {};
    private static final byte[] HALF_FRAME = {0, 0};
    private static final byte[] HALF_REQUEST = "GET / HTTP/1.1\r\nHost: lo".getBytes(StandardCharsets.US_ASCII);

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    Path directory;

    @Test
    @Tag("heavy")
    void tenThousandSilentConnectionsAtEachDoorLeaveRoomForOthers() throws Exception {
        try (NodeProcess node = NodeProcess.in(directory)
                // Nobody is closed for his silence, so that the flood stays for as long as it is measured.
                .withOptions(
                        "--set", "kafka.firstRequestMillis=3600000",
                        "--set", "http.firstRequestMillis=3600000",
                        "--set", "http.idleMillis=3600000",
                        "--set", "eventBus.idleMillis=3600000")) {
            node.start();
            Topics.create(node, TOPIC, 1);
            serveFreshClients(node);
            int filesBefore = node.openFiles();
            for (int port : List.of(node.kafkaPort(), node.httpPort(), node.eventBusPort())) {
                try (Flood flood = Flood.open()) {
                    flood.connect(port, FLOOD, NOTHING);
                    long duringMillis = serveFreshClients(node);
                    // No door has so many seats for one address. Who is closed was there before: the flood took place.
                    int refused = flood.awaitClosed(FLOOD - 8_000);
                    int filesDuring = node.openFiles();
                    long afterMillis = serveFreshClients(node);
                    System.out.printf(
                            "flood: port=%s connected=%d refused so far=%d node files before=%d during=%d"
                                    + " fresh clients served in %d ms while it arrives, %d ms while it stays%n",
                            port == node.kafkaPort() ? "kafka" : port == node.httpPort() ? "http" : "eventBus",
                            flood.size(),
                            refused,
                            filesBefore,
                            filesDuring,
                            duringMillis,
                            afterMillis);
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
                        "--set", "http.firstRequestMillis=3000",
                        "--set", "kafka.frameMillis=3000",
                        "--set", "eventBus.frameMillis=3000")) {
            node.start();
            Topics.create(node, TOPIC, 1);
            serveFreshClients(node);
            int filesBefore = node.openFiles();
            try (Flood halves = Flood.open()) {
                halves.connect(node.kafkaPort(), HALVES, HALF_FRAME);
                halves.connect(node.httpPort(), HALVES, HALF_REQUEST);
                halves.connect(node.eventBusPort(), HALVES, HALF_FRAME);
                serveFreshClients(node);
                // Each of them was accepted, and nobody closes it here.
                halves.awaitClosed(3 * HALVES);
            }
            for (int i = 0; i < STORM; i++) {
                try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), node.kafkaPort())) {
                    assertThat(connection.isConnected()).isTrue();
                }
            }
            serveFreshClients(node);
            awaitFiles(node, filesBefore + 50);
        }
    }

    /** A new Kafka producer and a new HTTP client are served; how long both took. */
    private static long serveFreshClients(NodeProcess node) throws Exception {
        long began = System.nanoTime();
        HttpResponse<Void> health = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(node.http() + "/health/ready"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(health.statusCode()).isEqualTo(200);
        try (ProducerLoad load = new ProducerLoad(new History(), node.kafka(), TOPIC, 1)) {
            load.awaitAcknowledged(1);
        }
        return (System.nanoTime() - began) / 1_000_000;
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
