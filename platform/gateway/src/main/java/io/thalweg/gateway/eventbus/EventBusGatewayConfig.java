package io.thalweg.gateway.eventbus;

/**
 * Where the door listens, and what one client may hold.
 *
 * @param host address to bind, default 127.0.0.1
 * @param port 0 for any free port, default 7000
 * @param frameBytesMax of one message in or out, default 4 MiB
 * @param connectionsMax over all clients, default 4096
 * @param connectionsPerAddressMax from one remote address, default 1024
 * @param outboundBytesMax queued for one client before its subscriptions wait, default 1 MiB
 * @param inFlightMax requests of one client that have no answer yet; reading stops beyond it, default 256
 * @param subscriptionsMax of one client, default 64
 * @param creditsMax that one subscription may hold, default 10000
 * @param idleMillis without a byte from the client before it is cut, default 60 s; clients ping
 * @param frameMillis for a frame that has begun to arrive whole, default 20 s
 * @param drainMillis for what is under way when the door closes, default 5 s
 */
public record EventBusGatewayConfig(
        String host,
        int port,
        int frameBytesMax,
        int connectionsMax,
        int connectionsPerAddressMax,
        int outboundBytesMax,
        int inFlightMax,
        int subscriptionsMax,
        int creditsMax,
        int idleMillis,
        int frameMillis,
        int drainMillis) {

    public EventBusGatewayConfig {
        check("port", port, 0, 65_535);
        check("frameBytesMax", frameBytesMax, 1_024, 256 << 20);
        check("connectionsMax", connectionsMax, 1, 1 << 20);
        check("connectionsPerAddressMax", connectionsPerAddressMax, 1, 1 << 20);
        check("outboundBytesMax", outboundBytesMax, 1_024, 256 << 20);
        check("inFlightMax", inFlightMax, 1, 1 << 16);
        check("subscriptionsMax", subscriptionsMax, 1, 1 << 16);
        check("creditsMax", creditsMax, 1, 1 << 20);
        check("idleMillis", idleMillis, 100, 3_600_000);
        check("frameMillis", frameMillis, 100, 3_600_000);
        check("drainMillis", drainMillis, 0, 3_600_000);
    }

    public static EventBusGatewayConfig defaults() {
        return new EventBusGatewayConfig(
                "127.0.0.1", 7_000, 4 << 20, 4_096, 1_024, 1 << 20, 256, 64, 10_000, 60_000, 20_000, 5_000);
    }

    public EventBusGatewayConfig withEndpoint(String newHost, int newPort) {
        return new EventBusGatewayConfig(
                newHost,
                newPort,
                frameBytesMax,
                connectionsMax,
                connectionsPerAddressMax,
                outboundBytesMax,
                inFlightMax,
                subscriptionsMax,
                creditsMax,
                idleMillis,
                frameMillis,
                drainMillis);
    }

    public EventBusGatewayConfig withConnectionLimits(int newMax, int newPerAddressMax) {
        return new EventBusGatewayConfig(
                host,
                port,
                frameBytesMax,
                newMax,
                newPerAddressMax,
                outboundBytesMax,
                inFlightMax,
                subscriptionsMax,
                creditsMax,
                idleMillis,
                frameMillis,
                drainMillis);
    }

    private static void check(String key, int found, int min, int max) {
        if (found < min || found > max) {
            throw new IllegalArgumentException(
                    "event-bus door: " + key + "=" + found + " allowed=[" + min + ", " + max + "]");
        }
    }
}
