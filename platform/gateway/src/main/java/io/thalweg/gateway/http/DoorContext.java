package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import java.util.List;

/** What all event loops of the door share. Safe from any thread. */
final class DoorContext {
    private final BrokerApi broker;
    private final ThalwegClient client;
    private final HttpGatewayConfig config;
    private final List<RouteMount> mounts;
    private final HttpGatewayMetrics metrics = new HttpGatewayMetrics();
    private volatile int boundPort;
    private volatile boolean draining;

    DoorContext(BrokerApi broker, ThalwegClient client, HttpGatewayConfig config, List<RouteMount> mounts) {
        this.broker = broker;
        this.client = client;
        this.config = config;
        this.mounts = mounts;
        this.boundPort = config.port();
    }

    BrokerApi broker() {
        return broker;
    }

    ThalwegClient client() {
        return client;
    }

    HttpGatewayConfig config() {
        return config;
    }

    List<RouteMount> mounts() {
        return mounts;
    }

    HttpGatewayMetrics metrics() {
        return metrics;
    }

    /** What was asked for until the first event loop bound, then what it was given. */
    int boundPort() {
        return boundPort;
    }

    void bound(int port) {
        boundPort = port;
    }

    boolean draining() {
        return draining;
    }

    void startDraining() {
        draining = true;
    }
}
