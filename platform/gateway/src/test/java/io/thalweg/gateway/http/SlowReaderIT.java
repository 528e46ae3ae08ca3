package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Clients that do not read cost a bounded amount, and go after a time (scenario 32). */
@Timeout(
        value = 300,
        threadMode = ThreadMode.SEPARATE_THREAD) // it waits for what may not happen, and hears of no interrupt
class SlowReaderIT {
    /** More than a client that goes on reading is ever kept from it. */
    private static final int SLOW_READER_MILLIS = 10_000;

    private static final int CLIENTS = 8;
    private static final int VALUE_BYTES = 100_000;
    private static final int RECORDS = 640;
    private static final long HEAP_GROWTH_MAX_PER_CLIENT = 4L << 20;

    @TempDir
    Path directory;

    private DoorFixture door;

    @BeforeEach
    void start() {
        HttpLimits limits = HttpLimits.defaults();
        HttpLimits quick = new HttpLimits(
                limits.bodyBytesMax(),
                limits.headerBytesMax(),
                limits.urlBytesMax(),
                limits.connectionsMax(),
                limits.connectionsPerAddressMax(),
                limits.firstRequestMillis(),
                limits.bodyMillis(),
                limits.idleMillis(),
                200,
                SLOW_READER_MILLIS,
                limits.streamBufferBytesMax(),
                limits.streamsMax(),
                limits.publishBytesInFlightMax(),
                limits.readRecordsMax(),
                limits.readBytesMax(),
                limits.readWaitMillisMax(),
                limits.idempotencyKeysMax(),
                limits.idempotencyTtlMillis());
        door = new DoorFixture(
                directory, HttpGatewayConfig.defaults().withInstances(2).withLimits(quick));
        door.createTopic("flights", 1);
        String value = "x".repeat(VALUE_BYTES);
        for (int i = 0; i < RECORDS; i++) {
            assertThat(door.publish("flights", "text/plain", value).statusCode())
                    .isEqualTo(200);
        }
    }

    @AfterEach
    void stop() {
        door.close();
    }

    @Test
    void clientsThatDoNotReadNeitherFillTheHeapNorStayNorStopOthers() throws Exception {
        long before = usedHeap();
        Socket[] clients = new Socket[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            clients[i] = new Socket();
            clients[i].setReceiveBufferSize(4_096);
            clients[i].connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.port()));
            clients[i]
                    .getOutputStream()
                    .write("GET /v1/topics/flights/events?from=earliest HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
        }
        awaitStreams(CLIENTS);
        long most = 0;
        while (door.gateway().metrics().slowReadersCut() < CLIENTS) {
            assertThat(door.get("/health/live").statusCode()).isEqualTo(200);
            most = Math.max(most, usedHeap() - before);
        }

        assertThat(most).isLessThan(CLIENTS * HEAP_GROWTH_MAX_PER_CLIENT);
        awaitNoStreams();
        for (Socket client : clients) {
            assertThat(bytesUntilClosed(client)).isLessThan((long) RECORDS * VALUE_BYTES);
        }
    }

    @Test
    void socketThatIsNotReadIsHeldBackAndCut() throws Exception {
        long before = usedHeap();
        try (Socket client = new Socket()) {
            client.setReceiveBufferSize(4_096);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.port()));
            OutputStream out = client.getOutputStream();
            List<String> head = List.of(
                    "GET /v1/stream HTTP/1.1",
                    "Host: localhost",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "",
                    "");
            out.write(String.join("\r\n", head).getBytes(StandardCharsets.US_ASCII));
            awaitUpgrade(client);
            out.write(frame(
                    "{\"op\":\"subscribe\",\"id\":\"s\",\"topics\":[\"flights\"],\"from\":\"earliest\",\"credits\":"
                            + RECORDS + "}"));
            awaitStreams(1);
            long most = 0;
            while (door.gateway().metrics().slowReadersCut() == 0) {
                most = Math.max(most, usedHeap() - before);
            }

            assertThat(most).isLessThan(4 * HEAP_GROWTH_MAX_PER_CLIENT);
            assertThat(door.gateway().metrics().recordsRead()).isLessThan(RECORDS);
            awaitNoStreams();
            assertThat(bytesUntilClosed(client)).isLessThan((long) RECORDS * VALUE_BYTES);
        }
    }

    /** Reads the head of the answer and nothing behind it. */
    private static void awaitUpgrade(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) client.getInputStream().read());
        }
        assertThat(head).startsWith("HTTP/1.1 101 ");
    }

    /** A short text frame as a client sends it, masked with zeros. */
    private static byte[] frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(payload).hasSizeLessThan(126);
        return ByteBuffer.allocate(6 + payload.length)
                .put((byte) 0x81)
                .put((byte) (0x80 | payload.length))
                .putInt(0)
                .put(payload)
                .array();
    }

    @Test
    void slowClientThatGoesOnReadingGetsEverything() throws Exception {
        try (EventReader reader = EventReader.open(door, "/v1/topics/flights/events?from=earliest", null)) {
            for (int i = 0; i < RECORDS; i++) {
                assertThat(reader.next().data()).startsWith("{\"partition\":0,\"offset\":" + i + ",");
            }
        }
        assertThat(door.gateway().metrics().slowReadersCut()).isZero();
    }

    /** Open now, or open before and cut already. */
    private void awaitStreams(long count) {
        HttpGatewayMetrics metrics = door.gateway().metrics();
        while (metrics.streamsOpen() + metrics.slowReadersCut() < count) {
            Thread.onSpinWait();
        }
    }

    private void awaitNoStreams() {
        while (door.gateway().metrics().streamsOpen() > 0) {
            Thread.onSpinWait();
        }
    }

    private static long bytesUntilClosed(Socket client) throws IOException {
        long bytes = 0;
        byte[] buffer = new byte[64 << 10];
        try (client) {
            client.setSoTimeout(120_000);
            InputStream in = client.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
            }
        } catch (SocketException reset) {
            return bytes;
        }
        return bytes;
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
