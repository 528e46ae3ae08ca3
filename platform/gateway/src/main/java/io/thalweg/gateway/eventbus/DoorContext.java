package io.thalweg.gateway.eventbus;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What all parts of the door share. Safe for any thread. */
final class DoorContext {

    private final BrokerApi broker;
    private final ThalwegClient client;
    private final EventBusGatewayConfig config;
    private final EventBusGatewayMetrics metrics = new EventBusGatewayMetrics();
    private final DoorLog log = new DoorLog();
    private final AtomicInteger connections = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> connectionsByAddress = new ConcurrentHashMap<>();
    private final AtomicBoolean eventBusClaimed = new AtomicBoolean();
    private volatile int boundPort;
    private volatile boolean closing;

    DoorContext(BrokerApi broker, ThalwegClient client, EventBusGatewayConfig config) {
        this.broker = broker;
        this.client = client;
        this.config = config;
        this.boundPort = config.port();
    }

    BrokerApi broker() {
        return broker;
    }

    ThalwegClient client() {
        return client;
    }

    EventBusGatewayConfig config() {
        return config;
    }

    EventBusGatewayMetrics metrics() {
        return metrics;
    }

    DoorLog log() {
        return log;
    }

    int boundPort() {
        return boundPort;
    }

    void bound(int port) {
        boundPort = port;
    }

    /** True once: for the verticle that serves the addresses on the event bus. */
    boolean claimEventBus() {
        return eventBusClaimed.compareAndSet(false, true);
    }

    void startClosing() {
        closing = true;
    }

    /** Counts a connection in; false, and nothing is counted, when a limit is reached. */
    boolean admit(String address) {
        if (closing) {
            metrics.connectionsRefused.increment();
            return false;
        }
        if (connections.incrementAndGet() > config.connectionsMax()) {
            connections.decrementAndGet();
            metrics.connectionsRefused.increment();
            return false;
        }
        if (connectionsByAddress.merge(address, 1, Integer::sum) > config.connectionsPerAddressMax()) {
            release(address);
            metrics.connectionsRefused.increment();
            return false;
        }
        metrics.connectionsOpen.increment();
        return true;
    }

    void left(String address) {
        release(address);
        metrics.connectionsOpen.decrement();
    }

    private void release(String address) {
        connections.decrementAndGet();
        connectionsByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
}
