package io.thalweg.gateway.http;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.client.ThalwegClient;
import io.thalweg.gateway.admission.ConnectionAdmission;
import io.thalweg.gateway.http.flow.FlowSampler;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What all event loops of the door share. Safe from any thread. */
final class DoorContext {
    private final BrokerApi broker;
    private final ThalwegClient client;
    private final HttpGatewayConfig config;
    private final List<RouteMount> mounts;
    private final HttpGatewayMetrics metrics = new HttpGatewayMetrics();
    private final Answers answers = new Answers(metrics);
    private final IdempotencyStore idempotency;
    private final ConnectionAdmission admission;
    private final AtomicInteger streams = new AtomicInteger();
    private @Nullable FlowSampler flow;
    private volatile int boundPort;
    private volatile boolean draining;

    DoorContext(BrokerApi broker, ThalwegClient client, HttpGatewayConfig config, List<RouteMount> mounts) {
        this.broker = broker;
        this.client = client;
        this.config = config;
        this.mounts = mounts;
        this.boundPort = config.port();
        this.admission = new ConnectionAdmission(
                config.limits().connectionsMax(), config.limits().connectionsPerAddressMax());
        this.idempotency = new IdempotencyStore(
                config.limits().idempotencyKeysMax(),
                config.limits().idempotencyTtlMillis(),
                System::currentTimeMillis);
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

    Answers answers() {
        return answers;
    }

    IdempotencyStore idempotency() {
        return idempotency;
    }

    /** One for all event loops: they share what they see. */
    synchronized FlowSampler flow(Vertx vertx) {
        FlowSampler known = flow;
        if (known == null) {
            GroupLag lag = new GroupLag(vertx, broker);
            known = new FlowSampler(broker, config.flowSources(), lag::ageOfRecordAt, System::nanoTime);
            flow = known;
        }
        return known;
    }

    ConnectionAdmission admission() {
        return admission;
    }

    /** Counts a stream in; false if the node has as many as it may. {@link #streamClosed} counts it out. */
    boolean streamOpened() {
        if (streams.incrementAndGet() > config.limits().streamsMax()) {
            streams.decrementAndGet();
            return false;
        }
        metrics.streamsOpen.increment();
        return true;
    }

    void streamClosed() {
        streams.decrementAndGet();
        metrics.streamsOpen.decrement();
    }

    /** What was asked for until an event loop bound, then what it was given. */
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
