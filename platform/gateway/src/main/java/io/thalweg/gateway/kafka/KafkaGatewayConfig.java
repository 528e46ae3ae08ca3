package io.thalweg.gateway.kafka;

import java.util.function.Consumer;

/**
 * Settings of the Kafka door. Every limit is there so that no client can take more than its share; none may be "off".
 *
 * @param host address to listen on
 * @param port 0 for any free one
 * @param advertisedHost what clients are told to connect to; empty for {@code host}
 * @param advertisedPort 0 for the port that was bound
 * @param eventLoops verticle instances, each on an event loop of its own; 0 for Vert.x's default pool size
 * @param requestBytesMax a longer frame closes its connection (socket.request.max.bytes)
 * @param requestBytesInFlightMax over all connections: beyond it sockets are not read
 * @param requestsInFlightMax for each connection: beyond it its socket is not read
 * @param outboundBytesMax for each connection: while more is unsent, no further request of it is started
 * @param sendBufferBytes what the operating system buffers for each connection (socket.send.buffer.bytes); 0 lets it decide, which on
 *     Linux may be 4 MiB and made consumers on the same machine slower (see the benchmarks). A link of high bandwidth and long delay may
 *     want more
 * @param fetchBytesMax upper limit for what one fetch may ask for (fetch.max.bytes)
 * @param connectionsMax of the whole door; more are closed at once
 * @param connectionsPerAddressMax from one client address; more are closed at once
 * @param idleMillis a connection without requests is closed after this time (connections.max.idle.ms)
 * @param firstRequestMillis a new connection must have sent one whole request after this time
 * @param frameMillis a frame that began must be whole after this time
 * @param writeStallMillis a connection that takes no byte of what is sent for this time is closed
 * @param fetchSessionsMax incremental fetch sessions kept (KIP-227); more clients fetch without one
 * @param drainMillis how long {@link KafkaGateway#close()} waits for requests under way
 */
public record KafkaGatewayConfig(
        String host,
        int port,
        String advertisedHost,
        int advertisedPort,
        int eventLoops,
        int requestBytesMax,
        long requestBytesInFlightMax,
        int requestsInFlightMax,
        int outboundBytesMax,
        int sendBufferBytes,
        int fetchBytesMax,
        int connectionsMax,
        int connectionsPerAddressMax,
        long idleMillis,
        long firstRequestMillis,
        long frameMillis,
        long writeStallMillis,
        int fetchSessionsMax,
        long drainMillis) {

    public KafkaGatewayConfig {
        atLeast("port", port, 0);
        atLeast("advertisedPort", advertisedPort, 0);
        atLeast("eventLoops", eventLoops, 0);
        atLeast("requestBytesMax", requestBytesMax, 1024);
        atLeast("requestBytesInFlightMax", requestBytesInFlightMax, 1024);
        atLeast("requestsInFlightMax", requestsInFlightMax, 1);
        atLeast("outboundBytesMax", outboundBytesMax, 1);
        atLeast("sendBufferBytes", sendBufferBytes, 0);
        atLeast("fetchBytesMax", fetchBytesMax, 1024);
        atLeast("connectionsMax", connectionsMax, 1);
        atLeast("connectionsPerAddressMax", connectionsPerAddressMax, 1);
        atLeast("idleMillis", idleMillis, 1);
        atLeast("firstRequestMillis", firstRequestMillis, 1);
        atLeast("frameMillis", frameMillis, 1);
        atLeast("writeStallMillis", writeStallMillis, 1);
        atLeast("fetchSessionsMax", fetchSessionsMax, 0);
        atLeast("drainMillis", drainMillis, 0);
    }

    /** Loopback, port 9092, Kafka's defaults where Kafka has them. */
    public static KafkaGatewayConfig defaults() {
        return new KafkaGatewayConfig(
                "127.0.0.1",
                9092,
                "",
                0,
                0,
                100 << 20,
                256L << 20,
                64,
                1 << 20,
                256 << 10,
                55 << 20,
                10_000,
                8_000,
                600_000,
                10_000,
                20_000,
                25_000,
                1_000,
                5_000);
    }

    public KafkaGatewayConfig withListener(String newHost, int newPort) {
        return with(draft -> {
            draft.host = newHost;
            draft.port = newPort;
        });
    }

    public KafkaGatewayConfig withAdvertised(String newHost, int newPort) {
        return with(draft -> {
            draft.advertisedHost = newHost;
            draft.advertisedPort = newPort;
        });
    }

    public KafkaGatewayConfig withRequestLimits(int newRequestBytesMax, long newInFlightBytesMax, int newInFlightMax) {
        return with(draft -> {
            draft.requestBytesMax = newRequestBytesMax;
            draft.requestBytesInFlightMax = newInFlightBytesMax;
            draft.requestsInFlightMax = newInFlightMax;
        });
    }

    public KafkaGatewayConfig withConnectionLimits(int newMax, int newPerAddressMax) {
        return with(draft -> {
            draft.connectionsMax = newMax;
            draft.connectionsPerAddressMax = newPerAddressMax;
        });
    }

    /** For the four patience limits, in the order idle, first request, frame, write stall. */
    public KafkaGatewayConfig withPatience(long newIdle, long newFirstRequest, long newFrame, long newWriteStall) {
        return with(draft -> {
            draft.idleMillis = newIdle;
            draft.firstRequestMillis = newFirstRequest;
            draft.frameMillis = newFrame;
            draft.writeStallMillis = newWriteStall;
        });
    }

    public KafkaGatewayConfig withDrainMillis(long newDrainMillis) {
        return with(draft -> draft.drainMillis = newDrainMillis);
    }

    private KafkaGatewayConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.build();
    }

    /** The same fields, mutable for the length of one change. */
    private static final class Draft {
        String host;
        int port;
        String advertisedHost;
        int advertisedPort;
        int eventLoops;
        int requestBytesMax;
        long requestBytesInFlightMax;
        int requestsInFlightMax;
        int outboundBytesMax;
        int sendBufferBytes;
        int fetchBytesMax;
        int connectionsMax;
        int connectionsPerAddressMax;
        long idleMillis;
        long firstRequestMillis;
        long frameMillis;
        long writeStallMillis;
        int fetchSessionsMax;
        long drainMillis;

        Draft(KafkaGatewayConfig from) {
            host = from.host;
            port = from.port;
            advertisedHost = from.advertisedHost;
            advertisedPort = from.advertisedPort;
            eventLoops = from.eventLoops;
            requestBytesMax = from.requestBytesMax;
            requestBytesInFlightMax = from.requestBytesInFlightMax;
            requestsInFlightMax = from.requestsInFlightMax;
            outboundBytesMax = from.outboundBytesMax;
            sendBufferBytes = from.sendBufferBytes;
            fetchBytesMax = from.fetchBytesMax;
            connectionsMax = from.connectionsMax;
            connectionsPerAddressMax = from.connectionsPerAddressMax;
            idleMillis = from.idleMillis;
            firstRequestMillis = from.firstRequestMillis;
            frameMillis = from.frameMillis;
            writeStallMillis = from.writeStallMillis;
            fetchSessionsMax = from.fetchSessionsMax;
            drainMillis = from.drainMillis;
        }

        KafkaGatewayConfig build() {
            return new KafkaGatewayConfig(
                    host,
                    port,
                    advertisedHost,
                    advertisedPort,
                    eventLoops,
                    requestBytesMax,
                    requestBytesInFlightMax,
                    requestsInFlightMax,
                    outboundBytesMax,
                    sendBufferBytes,
                    fetchBytesMax,
                    connectionsMax,
                    connectionsPerAddressMax,
                    idleMillis,
                    firstRequestMillis,
                    frameMillis,
                    writeStallMillis,
                    fetchSessionsMax,
                    drainMillis);
        }
    }

    private static void atLeast(String name, long value, long minimum) {
        if (value < minimum) {
            throw new IllegalArgumentException(
                    "setting out of range: " + name + "=" + value + " expected at least " + minimum);
        }
    }
}
