package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.Membership;
import io.thalweg.cluster.OwnershipMap;
import io.thalweg.cluster.PeerAddress;
import io.thalweg.environment.Clock;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.function.IntPredicate;

/** This node's part in the cluster. */
public final class HazelcastCluster {

    private HazelcastCluster() {}

    /**
     * Joins the members that are there, or is the first. Blocks, about a second.
     *
     * @param local how the others shall see this node; its peer transport listens already
     * @throws ClusterJoinException if another member has this broker id or another cluster id, or the address cannot be bound
     */
    public static HazelcastCluster start(HazelcastClusterConfig config, Member local, Clock clock)
            throws ClusterJoinException {
        throw new UnsupportedOperationException();
    }

    /** For the one Vert.x of this node: {@code Vertx.builder().withClusterManager(...)}. */
    public ClusterManager clusterManager() {
        throw new UnsupportedOperationException();
    }

    public Membership membership() {
        throw new UnsupportedOperationException();
    }

    public OwnershipMap ownership() {
        throw new UnsupportedOperationException();
    }

    /** Where this node is found by new ones; with the port that it got. */
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

    /** Leaves. Blocks, at most some seconds; to be called once Vert.x is closed. */
    public void close() {
        throw new UnsupportedOperationException();
    }
}
