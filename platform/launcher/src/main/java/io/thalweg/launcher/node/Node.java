package io.thalweg.launcher.node;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.VertxTimers;
import io.thalweg.client.ClientBinding;
import io.thalweg.client.LocalClient;
import io.thalweg.client.ThalwegClient;
import io.thalweg.environment.Environment;
import io.thalweg.gateway.admission.AcceptGate;
import io.thalweg.gateway.eventbus.EventBusGateway;
import io.thalweg.gateway.eventbus.EventBusGatewayConfig;
import io.thalweg.gateway.http.HttpGateway;
import io.thalweg.gateway.http.HttpGatewayConfig;
import io.thalweg.gateway.http.Readiness;
import io.thalweg.gateway.http.RouteMount;
import io.thalweg.gateway.http.flow.FlowSources;
import io.thalweg.gateway.kafka.KafkaGateway;
import io.thalweg.gateway.kafka.KafkaGatewayConfig;
import io.thalweg.launcher.verticle.UserVerticles;
import io.thalweg.launcher.verticle.VerticleRoutes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node. */
public final class Node {

    private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

    private static final long METRICS_WARM_MILLIS = 3_000;

    private final NodeConfig config;
    /** Null for a node alone. */
    private final @Nullable ClusterPart cluster;

    private final Vertx vertx;
    private final boolean ownsVertx;
    private final FileBudget files;
    private final UserVerticles verticles;
    private final StreamsPart streams;
    private final NodeMetrics metrics = new NodeMetrics();
    /** Parts that start after the doors add themselves. */
    private final FlowSources flow = new FlowSources();

    private volatile State state = State.STARTING;
    private @Nullable Broker broker;
    private @Nullable ThalwegClient client;
    private @Nullable KafkaGateway kafka;
    private @Nullable EventBusGateway eventBus;
    /** Connectors ask for its port from threads of their own. */
    private volatile @Nullable HttpGateway http;

    private @Nullable ConnectorsRole connectors;
    private @Nullable Future<Void> closed;

    /** Only ever forward. */
    private enum State {
        STARTING,
        READY,
        STOPPING
    }

    /** @param gate before the instance's servers; null on someone else's instance, whose sockets are not ours to hold back */
    private Node(NodeConfig config, @Nullable ClusterPart cluster, Vertx vertx, @Nullable AcceptGate gate) {
        this.config = config;
        this.cluster = cluster;
        this.files = FileBudget.ofProcess(config);
        this.vertx = vertx;
        this.ownsVertx = gate != null;
        if (gate != null) {
            gate.bound(files.socketsMax());
        }
        this.streams = StreamsPart.create(vertx);
        this.verticles =
                new UserVerticles(vertx, config.verticles(), ownsVertx ? FatalErrors::report : Node::reportUnhandled);
    }

    /**
     * Starts a node; completes when every door is open. What was started is stopped again on failure. A node of a cluster may
     * wait for others as long as it takes.
     */
    public static Future<Node> start(NodeConfig config) {
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(config.eventLoops())
                .setPreferNativeTransport(true)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false))
                .setAddressResolverOptions(new AddressResolverOptions());
        AcceptGate gate = new AcceptGate();
        ClusterConfig cluster = config.cluster();
        if (cluster == null) {
            Vertx vertx = Vertx.builder()
                    .with(options)
                    .withTransport(gate.transport(options))
                    .build();
            return start(config, null, vertx, gate);
        }
        return ClusterPart.join(cluster, config.broker(), options, gate.transport(options))
                .compose(joined -> start(config, joined, joined.vertx(), gate));
    }

    private static Future<Node> start(NodeConfig config, @Nullable ClusterPart cluster, Vertx vertx, AcceptGate gate) {
        vertx.exceptionHandler(FatalErrors::report);
        return new Node(config, cluster, vertx, gate).start();
    }

    /** Starts a node on an application's own Vert.x instance, which it leaves open when it is closed. */
    public static Future<Node> start(NodeConfig config, Vertx vertx) {
        return config.cluster() == null
                ? new Node(config, null, vertx, null).start()
                : Future.failedFuture(new IllegalArgumentException(
                        "a node of a cluster brings a Vert.x of its own: cluster.enabled=true; start it as a process"));
    }

    /** In someone else's process it is not ours to end it. */
    private static void reportUnhandled(Throwable failure) {
        LOGGER.atError().setCause(failure).log("nobody handled this failure");
    }

    private Future<Node> start() {
        // Bound to no context: on failure it completes after the event loops have gone.
        Promise<Node> started = Promise.promise();
        startBroker()
                .compose(done -> openKafka())
                .compose(done -> openEventBus())
                .compose(done -> startConnectors())
                .compose(done -> openHttp())
                .compose(done -> deployVerticles())
                .onSuccess(done -> {
                    startStreams();
                    state = State.READY;
                    warmMetrics();
                    started.complete(this);
                })
                .onFailure(failure -> close().onComplete(closed -> started.fail(failure)));
        return started.future();
    }

    /** The first scrape loads many classes: not at start, and not on an event loop. */
    private void warmMetrics() {
        vertx.setTimer(METRICS_WARM_MILLIS, due -> {
            if (state == State.READY) {
                vertx.executeBlocking(metrics::get)
                        .onFailure(failure -> LOGGER.atWarn().setCause(failure).log("metrics could not be collected"));
            }
        });
    }

    private Future<Void> startBroker() {
        Environment environment = VertxTimers.environment(vertx);
        BrokerConfig broking = files.broker(config.broker());
        return (cluster == null ? Broker.start(vertx, environment, broking) : cluster.startBroker(environment, broking))
                .map(started -> {
                    broker = started;
                    ThalwegClient created = LocalClient.create(vertx, started.routing());
                    ClientBinding.bind(vertx, created);
                    client = created;
                    metrics.broker(started.metrics());
                    metrics.logs(vertx, started.api());
                    metrics.topics(started.api(), started.metrics().topics());
                    metrics.cluster(vertx, started.api(), config.broker().nodeId());
                    return null;
                });
    }

    private Future<Void> openKafka() {
        KafkaGatewayConfig door = config.kafka();
        if (door == null) {
            return Future.succeededFuture();
        }
        return opening(
                        "Kafka",
                        door.host(),
                        door.port(),
                        KafkaGateway.start(
                                vertx, broker().api(), config.broker().nodeId(), files.kafka(door)))
                .map(opened -> {
                    kafka = opened;
                    metrics.kafka(opened.metrics());
                    return null;
                });
    }

    private Future<Void> openEventBus() {
        EventBusGatewayConfig door = config.eventBus();
        if (door == null) {
            return Future.succeededFuture();
        }
        return opening(
                        "event-bus",
                        door.host(),
                        door.port(),
                        EventBusGateway.start(vertx, broker().routing(), client(), files.eventBus(door)))
                .map(opened -> {
                    eventBus = opened;
                    metrics.eventBus(opened.metrics());
                    return null;
                });
    }

    private Future<Void> startConnectors() {
        ConnectorsConfig part = config.connectors();
        if (part == null) {
            return Future.succeededFuture();
        }
        HttpGatewayConfig door = config.http();
        String host = door == null ? "127.0.0.1" : door.host();
        Supplier<String> workerId = () -> workerId(part);
        return (cluster == null
                        ? ConnectorsPart.start(vertx, client(), part, host, workerId)
                                .<ConnectorsRole>map(ConnectorsRole.Lone::new)
                        : ConnectorsPart.join(
                                        vertx,
                                        client(),
                                        config.broker().nodeId(),
                                        part,
                                        host,
                                        workerId,
                                        cluster.gathered(broker()))
                                .<ConnectorsRole>map(member -> new ConnectorsSeat(
                                        vertx, client(), config.broker().nodeId(), member)))
                .map(role -> {
                    connectors = role;
                    metrics.connectors(role);
                    flow.register("connectors", new ConnectorsFlow(role));
                    return null;
                });
    }

    /** Where the HTTP door is, or will be: its port may be one that the operating system chooses. */
    private String workerId(ConnectorsConfig part) {
        HttpGateway opened = http;
        HttpGatewayConfig door = config.http();
        return opened == null || door == null ? part.runtime().workerId().get() : door.host() + ":" + opened.port();
    }

    private Future<Void> openHttp() {
        HttpGatewayConfig door = config.http();
        if (door == null) {
            return Future.succeededFuture();
        }
        HttpGatewayConfig served = files.http(door)
                .withMetricsText(metrics)
                .withReadiness(this::readiness)
                .withFlowSources(flow);
        List<RouteMount> mounts = new ArrayList<>();
        if (eventBus != null) {
            mounts.add(eventBus.sockJs());
        }
        mounts.add(new VerticleRoutes(verticles));
        mounts.add(streams.routes());
        if (connectors != null) {
            mounts.add(connectors.routes());
        }
        if (config.console()) {
            mounts.add(ConsolePart.mount(vertx));
        }
        return opening(
                        "HTTP",
                        door.host(),
                        door.port(),
                        HttpGateway.start(vertx, broker().routing(), client(), served, mounts))
                .map(opened -> {
                    http = opened;
                    metrics.http(opened.metrics());
                    return null;
                });
    }

    /** Says which door a failure is about: what the operating system says names neither address nor port. */
    private static <T> Future<T> opening(String door, String host, int port, Future<T> opened) {
        return opened.recover(failure -> Future.failedFuture(new IllegalStateException(
                "the " + door + " door did not open: address=" + host + ":" + port + " " + failure.getMessage(),
                failure)));
    }

    private Future<Void> deployVerticles() {
        flow.register("verticles", verticles::flow);
        return verticles.deploy();
    }

    private void startStreams() {
        flow.register("streams", streams::flow);
        metrics.streams(vertx);
        streams.start(client(), config);
    }

    public NodeConfig config() {
        return config;
    }

    public Vertx vertx() {
        return vertx;
    }

    public ThalwegClient client() {
        return Objects.requireNonNull(client);
    }

    public Broker broker() {
        return Objects.requireNonNull(broker);
    }

    /** Where the doors are. */
    public DoorPorts ports() {
        return new DoorPorts(
                http == null ? null : http.port(),
                kafka == null ? null : kafka.port(),
                eventBus == null ? null : eventBus.port(),
                cluster == null ? null : cluster.port(),
                config.broker().nodeId());
    }

    /** Whether the node can serve, and if not, why. */
    public Readiness readiness() {
        return switch (state) {
            case STARTING -> Readiness.notReady("starting");
            case STOPPING -> Readiness.notReady("shutting down");
            case READY -> {
                List<String> reasons = broker().notReady();
                yield new Readiness(reasons.isEmpty(), reasons);
            }
        };
    }

    /**
     * Stops in order: what this node leads goes to others, so that nobody waits for the rest; users' verticles, connectors,
     * streams, then the doors, each of which lets requests under way finish, then the broker, which marks a clean shutdown. Completes when all is released; idempotent.
     */
    public synchronized Future<Void> close() {
        if (closed == null) {
            state = State.STOPPING;
            // Bound to no context: it completes after the event loops have gone.
            Promise<Void> released = Promise.promise();
            closed = released.future();
            stopping("leadership", broker == null ? Future.succeededFuture() : broker.handOver())
                    .compose(done -> stopping("verticles", verticles.undeploy()))
                    .compose(done ->
                            stopping("connectors", connectors == null ? Future.succeededFuture() : connectors.close()))
                    .compose(done -> stopping("streams", streams.close()))
                    .compose(done -> closeDoors())
                    .andThen(done -> unbindClient())
                    .compose(done -> stopping("broker", broker == null ? Future.succeededFuture() : broker.close()))
                    .onComplete(
                            done -> (ownsVertx ? vertx.close() : Future.<Void>succeededFuture()).onComplete(released));
        }
        return closed;
    }

    private void unbindClient() {
        if (client != null) {
            ClientBinding.unbind(vertx, client);
        }
    }

    private Future<Void> closeDoors() {
        List<Future<Void>> doors = new ArrayList<>();
        if (http != null) {
            doors.add(stopping("HTTP door", http.close()));
        }
        if (kafka != null) {
            doors.add(stopping("Kafka door", kafka.close()));
        }
        if (eventBus != null) {
            doors.add(stopping("event-bus door", eventBus.close()));
        }
        return Future.join(doors).mapEmpty();
    }

    /** One part's failure to stop must not keep the others from stopping. */
    private static Future<Void> stopping(String part, Future<Void> stopped) {
        return stopped.recover(failure -> {
            LOGGER.atWarn().addKeyValue("part", part).setCause(failure).log("a part failed to stop");
            return Future.succeededFuture();
        });
    }
}
