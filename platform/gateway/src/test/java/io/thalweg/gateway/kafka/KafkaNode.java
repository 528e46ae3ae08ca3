package io.thalweg.gateway.kafka;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.VertxTimers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/** A broker with a Kafka door on a free port, for tests. */
final class KafkaNode {

    private static final long PATIENCE_SECONDS = 120;

    final Vertx vertx;
    final Broker broker;
    final KafkaGateway gateway;

    private KafkaNode(Vertx vertx, Broker broker, KafkaGateway gateway) {
        this.vertx = vertx;
        this.broker = broker;
        this.gateway = gateway;
    }

    static KafkaNode start(Path directory) throws Exception {
        return start(BrokerConfig.defaults(directory), KafkaGatewayConfig.defaults(), true);
    }

    static KafkaNode start(BrokerConfig brokerConfig, KafkaGatewayConfig config, boolean nativeTransport)
            throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setPreferNativeTransport(nativeTransport));
        if (nativeTransport && !vertx.isNativeTransportEnabled()) {
            throw new IllegalStateException("native transport is not available");
        }
        Broker broker = await(Broker.start(vertx, VertxTimers.environment(vertx), brokerConfig));
        KafkaGateway gateway = await(KafkaGateway.start(vertx, broker.api(), config.withListener("127.0.0.1", 0)));
        return new KafkaNode(vertx, broker, gateway);
    }

    String bootstrap() {
        return "127.0.0.1:" + gateway.port();
    }

    Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()));
    }

    void createTopic(String name, int partitions) throws Exception {
        createTopic(name, partitions, Map.of());
    }

    void createTopic(String name, int partitions, Map<String, String> configs) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(java.util.List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    void close() throws Exception {
        await(gateway.close());
        await(broker.close());
        await(vertx.close());
    }
}
