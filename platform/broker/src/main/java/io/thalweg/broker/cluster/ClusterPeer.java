package io.thalweg.broker.cluster;

import io.thalweg.broker.peer.PeerConfig;
import io.thalweg.broker.peer.PeerIdentity;
import io.thalweg.broker.peer.PeerListener;
import io.thalweg.broker.peer.PeerTransport;
import io.thalweg.cluster.Member;
import io.thalweg.cluster.MembershipListener;
import io.thalweg.cluster.PeerAddress;
import io.thalweg.environment.Environment;
import io.thalweg.replication.node.ReplicationNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * This broker's replication loop and its connections to the others, which share it. Made before the node joins the cluster,
 * because the others must be told the port.
 */
public final class ClusterPeer {

    private final int brokerId;
    private final ClusterIdentity identity;
    private final String host;
    private final ContextInternal loop;
    private final Environment environment;
    private final PeerTransport transport;

    // Confined to the loop.
    private final Set<Integer> up = new HashSet<>();
    /** Brokers of other clusters, and what was said of them. */
    private final Map<Integer, String> foreign = new HashMap<>();

    private @Nullable ReplicationNode node;
    private Runnable changed = () -> {};
    private Consumer<String> rejoining = reason -> {};
    /** Whether this node's membership is being made anew. */
    private boolean rejoins;

    private Supplier<Admission.Info> info = () -> new Admission.Info(null, List.of());

    public ClusterPeer(
            Vertx vertx, Environment environment, int brokerId, ClusterIdentity identity, PeerConfig config) {
        this.brokerId = brokerId;
        this.identity = identity;
        this.host = config.host();
        this.loop = ((VertxInternal) vertx).createEventLoopContext();
        this.environment = new Environment(
                environment.clock(), new LoopTimers(vertx, loop), environment.random(), environment.fileSystem());
        Uuid cluster = identity.clusterId();
        this.transport = new PeerTransport(
                vertx,
                loop,
                this.environment,
                config,
                new PeerIdentity(cluster == null ? null : cluster.toString(), brokerId, identity.incarnation()),
                new Relay());
    }

    /** Binds the port; completes with it. */
    public Future<Integer> listen() {
        return transport.listen();
    }

    /** How the others shall see this node, which listens at {@code port}. */
    public Member member(int port, @Nullable String rack) {
        Uuid cluster = identity.clusterId();
        return new Member(
                brokerId,
                identity.incarnation(),
                new PeerAddress(host, port),
                rack,
                cluster == null ? null : cluster.toString());
    }

    /** Whether this node can talk to another. From any thread. */
    public boolean isUp(int broker) {
        return broker == brokerId || transport.isUp(broker);
    }

    /** For a node that does not come to be a broker; a broker closes it itself. */
    public Future<Void> close() {
        return transport.close();
    }

    ClusterIdentity identity() {
        return identity;
    }

    ContextInternal loop() {
        return loop;
    }

    /** Its timers run on the loop. */
    Environment environment() {
        return environment;
    }

    PeerTransport transport() {
        return transport;
    }

    /** From now on {@code replication} is told what peers send. On the loop. */
    void attach(ReplicationNode replication, Runnable onChanged) {
        node = replication;
        changed = onChanged;
        up.forEach(replication::peerUp);
    }

    /** Why a broker is not one of this cluster; null if it is, or is not reached. On the loop. */
    @Nullable
    String foreign(int broker) {
        return foreign.get(broker);
    }

    /** Run, with the reason, whenever this node's membership is made anew. On the loop. */
    void onRejoining(Consumer<String> task) {
        rejoining = task;
    }

    /** Whether this node's membership is being made anew, so that not everybody finds it. On the loop. */
    boolean rejoins() {
        return rejoins;
    }

    /** What newcomers are told from now on. On the loop. */
    void informs(Supplier<Admission.Info> supplier) {
        info = supplier;
    }

    /** On the loop. */
    Admission.Info info() {
        return info.get();
    }

    /**
     * Connects to whoever comes. Whoever goes is dialled on: that membership does not see a broker is no reason not to talk to
     * it.
     */
    MembershipListener membershipListener() {
        return new MembershipListener() {
            @Override
            public void onJoined(Member member) {
                transport.connect(
                        member.brokerId(), member.peer().host(), member.peer().port());
                changed.run();
            }

            @Override
            public void onLeft(Member member) {
                ReplicationNode replication = node;
                if (replication != null && !transport.isUp(member.brokerId())) {
                    replication.peerDown(member.brokerId());
                }
                changed.run();
            }

            @Override
            public void onRejoining(String reason) {
                rejoins = true;
                rejoining.accept(reason);
            }

            @Override
            public void onRejoined() {
                rejoins = false;
            }
        };
    }

    /** Passes on what the transport tells, on the loop. */
    private final class Relay implements PeerListener {
        @Override
        public void onForeign(int broker, String why) {
            foreign.put(broker, why);
        }

        @Override
        public void onUp(int broker, int incarnation) {
            foreign.remove(broker);
            up.add(broker);
            ReplicationNode replication = node;
            if (replication != null) {
                replication.peerUp(broker);
            }
            changed.run();
        }

        @Override
        public void onDown(int broker) {
            up.remove(broker);
            ReplicationNode replication = node;
            if (replication != null) {
                replication.peerDown(broker);
            }
            changed.run();
        }

        @Override
        public void onFrame(int broker, Buffer frame) {
            ReplicationNode replication = node;
            if (replication != null) {
                replication.onFrame(broker, frame);
            }
        }
    }
}
