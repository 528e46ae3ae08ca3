package io.thalweg.gateway.eventbus;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.VertxTimers;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.client.LocalClient;
import io.thalweg.client.ThalwegClient;
import io.thalweg.gateway.http.HttpGateway;
import io.thalweg.gateway.http.HttpGatewayConfig;
import io.thalweg.log.Durability;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A broker with the event-bus door, and the HTTP door for SockJS, on free ports. */
final class EventBusFixture {

    static final long SECONDS_MAX = 120;

    final Vertx vertx;
    final Broker broker;
    final ThalwegClient client;
    final EventBusGateway gateway;
    final HttpGateway http;

    EventBusFixture(Path directory, EventBusGatewayConfig config) throws Exception {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(4));
        broker = await(Broker.start(
                vertx,
                VertxTimers.environment(vertx),
                BrokerConfig.defaults(directory).withDurability(Durability.OS).withJournalBytes(16 << 20)));
        client = LocalClient.create(vertx, broker.api());
        gateway = await(EventBusGateway.start(vertx, broker.api(), client, config.withEndpoint("127.0.0.1", 0)));
        http = await(HttpGateway.start(
                vertx,
                broker.api(),
                client,
                HttpGatewayConfig.defaults().withAddress("127.0.0.1", 0),
                List.of(gateway.sockJs())));
    }

    void create(String topic, int partitions) throws Exception {
        await(broker.api().topics().create(NewTopic.named(topic, partitions), false));
    }

    TcpBridgeClient connect() throws Exception {
        return new TcpBridgeClient(gateway.port());
    }

    void close() throws Exception {
        await(gateway.close());
        await(http.close());
        await(broker.close());
        await(vertx.close());
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
    }
}
