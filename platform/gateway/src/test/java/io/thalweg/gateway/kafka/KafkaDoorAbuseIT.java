package io.thalweg.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.FetchResult;
import io.thalweg.log.error.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/** What garbage, silence and floods do at the door: to those who send them, and to the others. */
@SuppressWarnings("try") // clients that only have to be there, or that leave early
class KafkaDoorAbuseIT extends ScriptedDoor {

    private static final List<ApiKeys> KEYS = List.of(ApiKeys.values());
    private static final long FOREVER = 3_600_000;

    @Test
    void garbageClosesItsConnectionAndNoOther() throws Exception {
        byte[] good = RawClient.frame(ApiKeys.METADATA, (short) 12, 1, new MetadataRequestData());
        byte[] manyTopics = RawClient.frame(ApiKeys.METADATA, (short) 4, 1, new MetadataRequestData());
        ByteBuffer.wrap(manyTopics).putInt(manyTopics.length - 5, Integer.MAX_VALUE);
        List<byte[]> garbage = List.of(
                ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array(),
                ByteBuffer.allocate(4).putInt(-1).array(),
                ByteBuffer.allocate(4).putInt(0).array(),
                ByteBuffer.allocate(4).putInt((100 << 20) + 1).array(),
                ByteBuffer.allocate(14).putInt(10).putShort((short) 999).array(),
                ByteBuffer.allocate(14)
                        .putInt(10)
                        .putShort((short) 3)
                        .putShort((short) 99)
                        .array(),
                ByteBuffer.allocate(14)
                        .putInt(10)
                        .putShort((short) 3)
                        .putShort((short) -1)
                        .array(),
                ByteBuffer.allocate(14)
                        .putInt(10)
                        .putShort((short) 0)
                        .putShort((short) 2)
                        .array(),
                manyTopics,
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        try (RawClient bystander = client()) {
            for (int i = 0; i < garbage.size(); i++) {
                try (RawClient client = client()) {
                    client.send(garbage.get(i));
                    assertThat(client.closedByServer()).as("garbage %d", i).isTrue();
                }
                bystander.send(good);
                assertThat(bystander.receiveCorrelationId()).isEqualTo(1);
            }
            try (RawClient truncated = client()) {
                truncated.send(java.util.Arrays.copyOf(good, good.length - 3));
                truncated.shutdownOutput();
                assertThat(truncated.closedByServer()).isTrue();
            }
            bystander.send(good);
            assertThat(bystander.receiveCorrelationId()).isEqualTo(1);
        }
        assertThat(gateway.metrics().connectionsCut.sum()).isEqualTo(garbage.size());
    }

    @Test
    void randomGarbageNeverStopsTheDoor() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            try (RawClient client = client()) {
                byte[] bytes = new byte[random.nextInt(300) + 1];
                random.nextBytes(bytes);
                if (bytes.length > 20 && random.nextBoolean()) {
                    ApiKeys key = KEYS.get(random.nextInt(KEYS.size()));
                    ByteBuffer.wrap(bytes)
                            .putInt(bytes.length - 4)
                            .putShort(key.id)
                            .putShort(key.oldestVersion());
                }
                client.send(bytes);
            } catch (IOException closedAlready) {
                assertThat(closedAlready.getMessage()).as("seed=%d", seed).isNotNull();
            }
        }
        broker.appends.forEach(append -> append.fail(ErrorCode.INVALID_RECORD));
        broker.fetches.forEach(fetch -> fetch.answer(new FetchResult(List.of())));
        try (RawClient client = client()) {
            client.send(ApiKeys.METADATA, 12, 5, new MetadataRequestData().setTopics(null));
            MetadataResponseData metadata = (MetadataResponseData) client.receive(ApiKeys.METADATA, 12, 5);
            assertThat(metadata.topics()).as("seed=%d", seed).hasSize(1);
        }
    }

    @Test
    void aHalfFrameIsCutInTime() throws Exception {
        restart(KafkaGatewayConfig.defaults().withPatience(FOREVER, FOREVER, 200, FOREVER));
        try (RawClient half = client()) {
            half.send(new byte[] {0, 0});
            assertThat(half.closedByServer()).isTrue();
        }
        assertThat(gateway.metrics().connectionsCut.sum()).isEqualTo(1);
    }

    @Test
    void aSilentConnectionIsCutInTime() throws Exception {
        restart(KafkaGatewayConfig.defaults().withPatience(FOREVER, 200, FOREVER, FOREVER));
        try (RawClient silent = client()) {
            assertThat(silent.closedByServer()).isTrue();
        }
        assertThat(gateway.metrics().connectionsCut.sum()).isEqualTo(1);
    }

    @Test
    void anIdleConnectionIsClosedInTime() throws Exception {
        restart(KafkaGatewayConfig.defaults().withPatience(400, FOREVER, FOREVER, FOREVER));
        try (RawClient idle = served(client())) {
            assertThat(idle.closedByServer()).isTrue();
        }
        assertThat(gateway.metrics().connectionsCut.sum()).isZero();
    }

    @Test
    void connectionsBeyondTheLimitsAreRefusedAndRoomIsFreedAgain() throws Exception {
        restart(KafkaGatewayConfig.defaults().withConnectionLimits(3, 2));
        InetAddress other = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        try (RawClient first = served(client());
                RawClient second = served(client());
                RawClient third = client();
                RawClient elsewhere = served(new RawClient(gateway.port(), other, 0));
                RawClient beyond = new RawClient(gateway.port(), other, 0)) {
            assertThat(third.closedByServer()).isTrue();
            assertThat(beyond.closedByServer()).isTrue();
            first.close();
            awaitConnections(2);
            try (RawClient again = served(client())) {
                assertThat(gateway.metrics().connectionsRefused.sum()).isEqualTo(2);
            }
        }
    }

    @Test
    void aFloodFromOneAddressLeavesOthersTheirDoorAndPasses() throws Exception {
        restart(KafkaGatewayConfig.defaults()
                .withConnectionLimits(400, 200)
                .withPatience(FOREVER, FOREVER, FOREVER, FOREVER));
        InetAddress attacker = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        List<RawClient> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                RawClient client = new RawClient(gateway.port(), attacker, 0);
                flood.add(client);
                if (i % 2 == 0) {
                    sendQuietly(client, new byte[] {0, 0, 1, 0, 0, 3});
                }
            }
            // Its address has 200 seats; each of the others gave way to one that came later.
            await(() -> gateway.metrics().connectionsRefused.sum() == 800);
            awaitConnections(200);
            try (RawClient legitimate = served(client());
                    RawClient neighbour = served(new RawClient(gateway.port(), attacker, 0))) {
                assertThat(gateway.metrics().connectionsRefused.sum()).isEqualTo(801);
                awaitConnections(201);
                for (RawClient client : flood) {
                    client.close();
                }
                awaitConnections(2);
                legitimate.send(ApiKeys.METADATA, 12, 3, new MetadataRequestData());
                assertThat(legitimate.receiveCorrelationId()).isEqualTo(3);
                neighbour.send(ApiKeys.METADATA, 12, 4, new MetadataRequestData());
                assertThat(neighbour.receiveCorrelationId()).isEqualTo(4);
            }
        } finally {
            for (RawClient client : flood) {
                client.close();
            }
        }
    }

    private static void sendQuietly(RawClient client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException refused) {
            assertThat(refused.getMessage()).isNotNull();
        }
    }
}
