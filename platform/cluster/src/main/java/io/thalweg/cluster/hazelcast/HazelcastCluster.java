package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.Membership;
import io.thalweg.cluster.OwnershipMap;
import io.thalweg.cluster.PeerAddress;
import io.thalweg.environment.Clock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.function.Function;
import java.util.function.IntPredicate;

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

    /**
     * Does nothing yet.
     *
     * @param describe called once, when Vert.x is there and before this node joins: how the others shall see it. By then its
     *     peer transport should listen
     */
    public HazelcastCluster(HazelcastClusterConfig config, Clock clock, Function<Vertx, Future<Member>> describe) {}

    /**
     * For the one Vert.x of this node. It fails to be built with a {@link ClusterJoinException} if another member has this
     * broker id or another cluster id, or the address cannot be bound.
     */
    public ClusterManager clusterManager() {
        throw new UnsupportedOperationException();
    }

    /** Once Vert.x is built. */
    public Membership membership() {
        throw new UnsupportedOperationException();
    }

    /** Once Vert.x is built. */
    public OwnershipMap ownership() {
        throw new UnsupportedOperationException();
    }

    /** Where new members find this node, once Vert.x is built; with the port that it got. */
    public PeerAddress address() {
        throw new UnsupportedOperationException();
    }

    /**
     * Says which brokers this node can talk to, whatever membership says: so a split is noticed that Hazelcast does not heal.
     *
     * @param connected called from any thread; does not block
     */
    public void watch(IntPredicate connected) {
        throw new UnsupportedOperationException();
    }
}
