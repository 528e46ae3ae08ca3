package io.thalweg.client;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.TopicsApi;
import io.vertx.core.Vertx;

/** A client of the broker in the same process. */
public final class LocalClient implements ThalwegClient {

    private final Vertx vertx;
    private final BrokerApi broker;

    private LocalClient(Vertx vertx, BrokerApi broker) {
        this.vertx = vertx;
        this.broker = broker;
    }

    public static ThalwegClient create(Vertx vertx, BrokerApi broker) {
        return new LocalClient(vertx, broker);
    }

    @Override
    public Producer producer(ProducerConfig config) {
        throw new UnsupportedOperationException("lands next: " + vertx);
    }

    @Override
    public Consumer consumer(ConsumerConfig config) {
        throw new UnsupportedOperationException("lands next: " + vertx);
    }

    @Override
    public TopicsApi topics() {
        return broker.topics();
    }
}
