package io.thalweg.gateway.kafka;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The door for Kafka clients. */
public final class KafkaGateway {

    private final int port;
    private final KafkaGatewayMetrics metrics;

    private KafkaGateway(int port, KafkaGatewayMetrics metrics) {
        this.port = port;
        this.metrics = metrics;
    }

    /** Binds and serves; completes once clients can connect, and tells the broker the address to advertise. */
    public static Future<KafkaGateway> start(Vertx vertx, BrokerApi broker, KafkaGatewayConfig config) {
        return Future.failedFuture(new UnsupportedOperationException("the Kafka door is being built"));
    }

    /** The port that was bound. */
    public int port() {
        return port;
    }

    public KafkaGatewayMetrics metrics() {
        return metrics;
    }

    /** Accepts no more, lets requests under way finish for a bounded time, then closes every connection. */
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
