package io.thalweg.gateway.kafka;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The door for Kafka clients. */
public final class KafkaGateway {

    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaGateway.class);

    private final Vertx vertx;
    private final Door door;
    private final List<KafkaGatewayVerticle> verticles;
    private final String deploymentId;
    private final int port;

    private KafkaGateway(Vertx vertx, Door door, List<KafkaGatewayVerticle> verticles, String deploymentId) {
        this.vertx = vertx;
        this.door = door;
        this.verticles = verticles;
        this.deploymentId = deploymentId;
        this.port = verticles.get(0).port();
    }

    /** As {@link #start(Vertx, BrokerApi, int, KafkaGatewayConfig)}, for a broker that stands alone. */
    public static Future<KafkaGateway> start(Vertx vertx, BrokerApi broker, KafkaGatewayConfig config) {
        return start(vertx, broker, -1, config);
    }

    /**
     * Binds and serves; completes once clients can connect, and tells the broker the address to advertise.
     *
     * @param nodeId of the broker, so that consumers in other racks can be sent to closer replicas
     */
    public static Future<KafkaGateway> start(Vertx vertx, BrokerApi broker, int nodeId, KafkaGatewayConfig config) {
        // Loads what Kafka's protocol is made of, for as long as a follower may be silent on a busy machine: not on an
        // event loop.
        return vertx.executeBlocking(() -> Door.over(vertx, broker, nodeId, config))
                .compose(door -> deploy(vertx, door, config))
                .onSuccess(gateway -> gateway.advertise(broker));
    }

    private static Future<KafkaGateway> deploy(Vertx vertx, Door door, KafkaGatewayConfig config) {
        List<KafkaGatewayVerticle> verticles = new CopyOnWriteArrayList<>();
        int instances = config.eventLoops() == 0 ? VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE : config.eventLoops();
        return vertx.deployVerticle(
                        () -> {
                            KafkaGatewayVerticle verticle = new KafkaGatewayVerticle(door);
                            verticles.add(verticle);
                            return verticle;
                        },
                        new DeploymentOptions().setInstances(instances))
                .map(deploymentId -> new KafkaGateway(vertx, door, verticles, deploymentId));
    }

    /** The port that was bound. */
    public int port() {
        return port;
    }

    public KafkaGatewayMetrics metrics() {
        return door.metrics();
    }

    /** Accepts no more, lets requests under way finish for a bounded time, then closes every connection. */
    public Future<Void> close() {
        List<Future<Void>> drained =
                verticles.stream().map(KafkaGatewayVerticle::drain).toList();
        return Future.join(drained)
                .timeout(Math.max(1, door.config().drainMillis()), TimeUnit.MILLISECONDS)
                .transform(outcome -> vertx.undeploy(deploymentId));
    }

    private void advertise(BrokerApi broker) {
        KafkaGatewayConfig config = door.config();
        String host = config.advertisedHost().isEmpty() ? config.host() : config.advertisedHost();
        int advertisedPort = config.advertisedPort() == 0 ? port : config.advertisedPort();
        broker.advertise("kafka", host, advertisedPort);
        LOGGER.atInfo()
                .addKeyValue("host", config.host())
                .addKeyValue("port", port)
                .addKeyValue("advertised", host + ":" + advertisedPort)
                .log("Kafka door is open");
    }
}
