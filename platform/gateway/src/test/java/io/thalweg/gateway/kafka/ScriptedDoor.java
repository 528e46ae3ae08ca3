package io.thalweg.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The door over real sockets, before a broker whose answers the test decides. */
@ExtendWith(LeakWatch.class)
abstract class ScriptedDoor {

    final FakeBroker broker = new FakeBroker();
    Vertx vertx;
    KafkaGateway gateway;

    @BeforeEach
    void open() throws Exception {
        start(true, KafkaGatewayConfig.defaults());
    }

    void start(boolean nativeTransport, KafkaGatewayConfig config) throws Exception {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(nativeTransport));
        assertThat(vertx.isNativeTransportEnabled()).isEqualTo(nativeTransport);
        gateway = KafkaNode.await(KafkaGateway.start(vertx, broker, config.withListener("127.0.0.1", 0)));
    }

    void restart(KafkaGatewayConfig config) throws Exception {
        close();
        start(true, config);
    }

    @AfterEach
    void close() throws Exception {
        KafkaNode.await(gateway.close());
        KafkaNode.await(vertx.close());
    }

    RawClient client() throws IOException {
        return new RawClient(gateway.port());
    }

    static RawClient served(RawClient client) throws IOException {
        client.send(ApiKeys.API_VERSIONS, 0, 1, new ApiVersionsRequestData());
        assertThat(client.receiveCorrelationId()).isEqualTo(1);
        return client;
    }

    void awaitConnections(int count) {
        await(() -> gateway.metrics().connectionsOpen.sum() == count);
    }

    /** For what no future tells: counters that another thread moves. */
    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    static ProduceRequestData produce(short acks, byte[] batch) {
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData()
                .setName("t")
                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                        .setIndex(0)
                        .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(batch)))));
        ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(1_000);
        request.topicData().add(topic);
        return request;
    }

    /** Not a valid batch, but one in length and magic, with a marker and noise behind the header. */
    static byte[] batch(int marker, int extraBytes) {
        byte[] bytes = new byte[61 + extraBytes];
        new Random(marker).nextBytes(bytes);
        ByteBuffer.wrap(bytes).putLong(0, marker).putInt(8, bytes.length - 12).put(16, (byte) 2);
        return bytes;
    }

    static long marker(ByteBuffer records) {
        return records.getLong(records.position());
    }
}
