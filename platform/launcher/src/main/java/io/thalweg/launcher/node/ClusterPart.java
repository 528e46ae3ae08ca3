package io.thalweg.launcher.node;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.VertxTimers;
import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.cluster.ClusterIdentity;
import io.thalweg.broker.cluster.ClusterParts;
import io.thalweg.broker.cluster.ClusterPeer;
import io.thalweg.cluster.Member;
import io.thalweg.cluster.hazelcast.HazelcastCluster;
import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.transport.Transport;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node's place in its cluster: the membership, the clustered Vert.x and the connections to other nodes, in that order and
 * before the broker. A node alone never loads this class, nor what is behind it.
 */
final class ClusterPart {

    private static final long GATHER_AGAIN_MILLIS = 50;
    private static final long GATHER_MILLIS_MAX = 5_000;

    private final ClusterConfig config;
    private final HazelcastCluster cluster;

    // Set while Vert.x is being built, before it is given out.
    private volatile @Nullable ClusterPeer peer;
    private volatile @Nullable Vertx vertx;

    private ClusterPart(ClusterConfig config, BrokerConfig broker) {
        this.config = config;
        this.cluster = new HazelcastCluster(config.membership(), Clock.system(), made -> describe(made, broker));
    }

    /** Joins the nodes that are there, or is the first. Fails if they refuse this one. */
    static Future<ClusterPart> join(
            ClusterConfig config, BrokerConfig broker, VertxOptions options, Transport transport) {
        ClusterPart part = new ClusterPart(config, broker);
        return Vertx.builder()
                .with(options.setEventBusOptions(part.eventBus()))
                .withTransport(transport)
                .withClusterManager(part.cluster.clusterManager())
                .buildClustered()
                .map(built -> {
                    part.vertx = built;
                    return part;
                });
    }

    /** The event bus between nodes has a port of its own and knows no secret: it is where the others are, and nowhere else. */
    private EventBusOptions eventBus() {
        EventBusOptions options = new EventBusOptions()
                .setHost(config.membership().host())
                .setClusterPublicHost(config.membership().host());
        var tls = config.peers().tls();
        if (tls != null) {
            options.setSsl(true)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(tls.certificate().toString())
                            .setKeyPath(tls.key().toString()))
                    .setTrustOptions(
                            new PemTrustOptions().addCertPath(tls.trust().toString()))
                    .setClientAuth(ClientAuth.REQUIRED);
        }
        return options;
    }

    /** Opens the port for other nodes, which they are told when this one joins. */
    private Future<Member> describe(Vertx made, BrokerConfig broker) {
        Environment environment = VertxTimers.environment(made);
        return made.executeBlocking(() -> ClusterIdentity.read(environment, broker.dataDirectory()))
                .compose(identity -> {
                    ClusterPeer opened = new ClusterPeer(made, environment, broker.nodeId(), identity, config.peers());
                    peer = opened;
                    return opened.listen().map(port -> opened.member(port, broker.rack()));
                });
    }

    Vertx vertx() {
        return Objects.requireNonNull(vertx);
    }

    /** Where new nodes find this one. */
    int port() {
        return cluster.address().port();
    }

    /** Starts the broker; completes once it was let in and knows what the others know. */
    Future<Broker> startBroker(Environment environment, BrokerConfig broker) {
        ClusterPeer opened = Objects.requireNonNull(peer);
        ClusterParts parts = new ClusterParts(config.broker(), opened, cluster.membership(), cluster.ownership());
        return Broker.start(vertx(), environment, broker, parts)
                .onSuccess(started -> cluster.watch(() -> started.api().cluster().brokers().stream()
                        .map(node -> node.id())
                        .filter(opened::isUp)
                        .collect(Collectors.toSet())));
    }

    /**
     * Completes when all nodes that this one was told of are here and have opened their doors; after a while in any case, since some
     * may stay away. What makes topics by itself should wait for it: made by the first node that is there, they would be copied to
     * the others right after, and made by the last one they would be led and copied while the doors of the others wait for it.
     */
    Future<Void> gathered(Broker broker) {
        Promise<Void> gathered = Promise.promise();
        gather(broker, GATHER_MILLIS_MAX, gathered);
        return gathered.future();
    }

    private void gather(Broker broker, long leftMillis, Promise<Void> gathered) {
        long here = broker.api().cluster().brokers().stream()
                .filter(node -> node.alive() && hasAllDoors(node))
                .count();
        if (here >= config.broker().nodesExpected() || leftMillis <= 0) {
            gathered.complete();
        } else {
            vertx().setTimer(GATHER_AGAIN_MILLIS, due -> gather(broker, leftMillis - GATHER_AGAIN_MILLIS, gathered));
        }
    }

    /** As far as its doors are those of this node. */
    private boolean hasAllDoors(BrokerNode node) {
        return node.endpoints().keySet().containsAll(config.broker().doors());
    }
}
