package io.thalweg.gateway.eventbus;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import io.thalweg.gateway.admission.ConnectionAdmission;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What all parts of the door share. Safe for any thread. */
final class DoorContext {

    private final BrokerApi broker;
    private final ThalwegClient client;
    private final EventBusGatewayConfig config;
    private final EventBusGatewayMetrics metrics = new EventBusGatewayMetrics();
    private final DoorLog log = new DoorLog();
    private final ConnectionAdmission admission;
    private final AtomicBoolean eventBusClaimed = new AtomicBoolean();
    private volatile int boundPort;
    private volatile boolean closing;

    DoorContext(BrokerApi broker, ThalwegClient client, EventBusGatewayConfig config) {
        this.broker = broker;
        this.client = client;
        this.config = config;
        this.admission = new ConnectionAdmission(config.connectionsMax(), config.connectionsPerAddressMax());
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

    /**
     * A seat for a client; null when a limit is reached or the door closes. {@link #left} gives it back.
     *
     * @param giveWay closes the client for a newer one, from any thread
     */
    ConnectionAdmission.@Nullable Seat admit(String address, Runnable giveWay) {
        ConnectionAdmission.Seat seat = closing
                ? null
                : admission.admit(address, () -> {
                    metrics.connectionsRefused.increment();
                    giveWay.run();
                });
        if (seat == null) {
            metrics.connectionsRefused.increment();
        } else {
            metrics.connectionsOpen.increment();
        }
        return seat;
    }

    void left(ConnectionAdmission.Seat seat) {
        seat.left();
        metrics.connectionsOpen.decrement();
    }
}
