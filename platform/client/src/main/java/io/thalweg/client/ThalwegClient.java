package io.thalweg.client;

import io.thalweg.broker.api.TopicsApi;

/** Makes producers and consumers. Obtain it from the node that is embedded or deployed on this Vertx instance. */
public interface ThalwegClient {

    Producer producer(ProducerConfig config);

    /** Must be called on the context that will own the consumer. */
    Consumer consumer(ConsumerConfig config);

    /** Topics and their configuration. */
    TopicsApi topics();
}
