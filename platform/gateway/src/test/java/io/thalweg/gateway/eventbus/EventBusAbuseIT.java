package io.thalweg.gateway.eventbus;

import static io.thalweg.gateway.eventbus.EventBusFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.ProducerConfig;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that do not speak the protocol, do not read, or do not stop: they are cut, and the others are served. */
final class EventBusAbuseIT {

    private static final int FOREVER = 3_600_000;

    @TempDir
    Path directory;

    private EventBusFixture node;

    @BeforeEach
    void start() throws Exception {
        start(FOREVER, FOREVER);
    }

    private void start(int idleMillis, int frameMillis) throws Exception {
        node = new EventBusFixture(
                directory,
                new EventBusGatewayConfig(
                        "127.0.0.1", 0, 64 << 10, 20, 10, 256 << 10, 64, 4, 1_000_000, idleMillis, frameMillis, 1_000));
        if (node.broker.api().cluster().topic("t") == null) {
            node.create("t", 1);
        }
    }

    /** For what is about a client's patience; elsewhere nobody is cut for being slow. */
    private void restart(int idleMillis, int frameMillis) throws Exception {
        node.close();
        start(idleMillis, frameMillis);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private void others() throws Exception {
        try (TcpBridgeClient legitimate = node.connect()) {
            assertThat(legitimate
                            .body("produce.t", new JsonObject().put("value", 1))
                            .getLong("offset"))
                    .isNotNegative();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void garbageClosesTheConnectionWithAReason() throws Exception {
        Random random = new Random(7);
        byte[] noise = new byte[4_096];
        random.nextBytes(noise);
        noise[0] = 127;
        List<byte[]> garbage = List.of(
                Buffer.buffer().appendInt(Integer.MAX_VALUE).getBytes(),
                Buffer.buffer().appendInt(-1).getBytes(),
                Buffer.buffer().appendInt(0).getBytes(),
                Buffer.buffer().appendInt((64 << 10) + 1).getBytes(),
                text("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
                noise,
                TcpBridgeClient.frame(text("not json")),
                TcpBridgeClient.frame(text("[1,2]")),
                TcpBridgeClient.frame(text("{\"type\":1}")),
                TcpBridgeClient.frame(text("{\"address\":\"x\"}")),
                TcpBridgeClient.frame(text("{\"type\":\"send\",\"type\":\"send\"}")),
                TcpBridgeClient.frame(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}),
                TcpBridgeClient.frame(text("[".repeat(60_000))),
                TcpBridgeClient.frame(text("{\"type\":\"send\",\"address\":\"produce.t\",\"body\":{\"value\":"
                        + "[".repeat(20_000) + "}}")));
        for (int i = 0; i < garbage.size(); i++) {
            try (TcpBridgeClient tcp = node.connect()) {
                tcp.raw(garbage.get(i));
                JsonObject reason = tcp.read();
                assertThat(reason).as("garbage " + i).isNotNull();
                assertThat(reason.getString("type")).isEqualTo("err");
                assertThat(reason.getString("message")).doesNotContain("Exception");
                assertThat(tcp.closedByServer()).as("garbage " + i).isTrue();
            }
            others();
        }
        assertThat(node.gateway.metrics().connectionsCut()).isEqualTo(garbage.size());
    }

    @Test
    void framesMayComeInAnyPieces() throws Exception {
        byte[] frame = TcpBridgeClient.frame(
                text("{\"type\":\"send\",\"address\":\"produce.t\",\"replyAddress\":\"r\",\"body\":{\"value\":1}}"));
        byte[] three = Buffer.buffer()
                .appendBytes(frame)
                .appendBytes(frame)
                .appendBytes(frame)
                .getBytes();
        for (int cut = 1; cut < three.length; cut += 7) {
            try (TcpBridgeClient tcp = node.connect()) {
                tcp.raw(java.util.Arrays.copyOf(three, cut));
                tcp.raw(java.util.Arrays.copyOfRange(three, cut, three.length));
                for (int i = 0; i < 3; i++) {
                    assertThat(tcp.read().getString("address")).isEqualTo("r");
                }
            }
        }
    }

    @Test
    void aHalfFrameIsCut() throws Exception {
        restart(FOREVER, 1_000);
        try (TcpBridgeClient half = node.connect()) {
            half.raw(new byte[] {0, 0, 0, 100, '{'});
            assertThat(half.read().getInteger("failureCode")).isEqualTo(7);
            assertThat(half.closedByServer()).isTrue();
            others();
        }
    }

    @Test
    void silenceIsCut() throws Exception {
        restart(1_000, FOREVER);
        try (TcpBridgeClient silent = node.connect()) {
            assertThat(silent.read().getString("message")).contains("idleMillis");
            assertThat(silent.closedByServer()).isTrue();
        }
    }

    @Test
    void silentConnectionsGiveWayToNewOnes() throws Exception {
        List<TcpBridgeClient> silent = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            silent.add(node.connect());
        }
        awaitMetrics(() -> node.gateway.metrics().connectionsRefused() == 20
                && node.gateway.metrics().connectionsOpen() == 10);
        others();
        for (TcpBridgeClient client : silent) {
            client.close();
        }
        assertThat(node.gateway.metrics().connectionsRefused()).isEqualTo(21);
    }

    @Test
    void connectionsAreLimitedByAddressAndFreedAgain() throws Exception {
        List<TcpBridgeClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            TcpBridgeClient client = node.connect();
            client.body("produce.t", new JsonObject().put("value", 1));
            clients.add(client);
        }
        try (TcpBridgeClient refused = node.connect()) {
            assertThat(refused.read().getInteger("failureCode")).isEqualTo(89);
            assertThat(refused.closedByServer()).isTrue();
        }
        for (TcpBridgeClient client : clients) {
            client.close();
        }
        awaitMetrics(() -> node.gateway.metrics().connectionsOpen() == 0);
        others();
    }

    private void awaitMetrics(BooleanSupplier condition) throws Exception {
        Promise<Void> holds = Promise.promise();
        node.vertx.setPeriodic(5, timer -> {
            if (condition.getAsBoolean()) {
                node.vertx.cancelTimer(timer);
                holds.tryComplete();
            }
        });
        await(holds.future());
    }

    @Test
    void aClientThatDoesNotReadIsHeldBackAndThenCut() throws Exception {
        restart(3_000, FOREVER);
        byte[] value = new byte[10_000];
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) { // 20 MB
            records.add(OutgoingRecord.of("t", null, value));
        }
        var producer = node.client.producer(ProducerConfig.defaults());
        assertThat(await(producer.send(records))).allMatch(outcome -> outcome.failure() == null);
        try (TcpBridgeClient slow = node.connect()) {
            JsonObject subscribed = slow.body(
                    "subscribe.t", new JsonObject().put("from", "earliest").put("credits", 1_000_000));
            slow.send(new JsonObject().put("type", "register").put("address", subscribed.getString("address")));
            awaitMetrics(() -> node.gateway.metrics().connectionsOpen() == 0
                    && node.gateway.metrics().subscriptionsOpen() == 0);
            // What the sockets' buffers and the door's queue took, and no more: far from all 2000 records.
            assertThat(node.gateway.metrics().recordsDelivered()).isBetween(1L, 1_500L);
        }
    }

    @Test
    void subscriptionsOfAClientAreLimited() throws Exception {
        try (TcpBridgeClient tcp = node.connect()) {
            for (int i = 0; i < 4; i++) {
                tcp.body("subscribe.t", new JsonObject().put("credits", 0));
            }
            assertThat(tcp.request("subscribe.t", new JsonObject()).getInteger("failureCode"))
                    .isEqualTo(89);
        }
    }
}
