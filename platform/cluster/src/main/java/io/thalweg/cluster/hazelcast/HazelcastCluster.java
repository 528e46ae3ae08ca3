package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.Membership;
import io.thalweg.cluster.OwnershipMap;
import io.thalweg.cluster.PeerAddress;
import io.thalweg.environment.Clock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * This node's part in the cluster. It begins with a clustered Vert.x and ends with it:
 *
 * <pre>{@code
 * HazelcastCluster cluster = new HazelcastCluster(config, clock, vertx -> transport(vertx).listen().map(port -> member));
 * Vertx.builder().withClusterManager(cluster.clusterManager()).buildClustered()   // joins
 * vertx.close()                                                                   // leaves
 * }</pre>
 */
public final class HazelcastCluster {

    private final VertxClusterManager manager;

    /**
     * Does nothing yet.
     *
     * @param describe called once, when Vert.x is there and before this node joins: how the others shall see it. By then its
     *     peer transport should listen
     */
    public HazelcastCluster(HazelcastClusterConfig config, Clock clock, Function<Vertx, Future<Member>> describe) {
        manager = new VertxClusterManager(config, clock, describe);
    }

    /**
     * For the one Vert.x of this node. It fails to be built with a {@link ClusterJoinException} if another member has this
     * broker id or another cluster id, or the address cannot be bound.
     */
    public ClusterManager clusterManager() {
        return manager;
    }

    /** Once Vert.x is built. */
    public Membership membership() {
        return manager.membership().view();
    }

    /** Once Vert.x is built. */
    public OwnershipMap ownership() {
        return manager.membership().ownership();
    }

    /** Where new members find this node, once Vert.x is built; with the port that it got. */
    public PeerAddress address() {
        PeerAddress address = manager.membership().address();
        if (address == null) {
            throw new IllegalStateException("this node has not joined yet");
        }
        return address;
    }

    /**
     * Says which brokers this node can talk to, whatever membership says: so a split is noticed that Hazelcast does not heal.
     *
     * @param connected broker ids; called from any thread; does not block
     */
    public void watch(Supplier<Set<Integer>> connected) {
        manager.membership().watch(connected);
    }

    LiveMembership live() {
        return manager.membership();
    }
}
