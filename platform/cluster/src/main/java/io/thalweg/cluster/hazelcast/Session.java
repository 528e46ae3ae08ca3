package io.thalweg.cluster.hazelcast;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.thalweg.cluster.Member;
import io.thalweg.cluster.PeerAddress;
import io.thalweg.environment.Clock;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One Hazelcast member, and Vert.x' cluster manager over it, from start to end. */
final class Session {

    private final HazelcastInstance instance;
    private final HazelcastClusterManager manager;
    private final WorkThread callbacks;
    private final WorkThread calls;

    /** A broker as this member lists it. */
    record Listed(Member member, String hazelcastAddress, boolean local) {}

    private Session(HazelcastInstance instance, Clock clock) {
        this.instance = instance;
        this.callbacks = new WorkThread("thalweg-cluster-callbacks", clock);
        this.calls = new WorkThread("thalweg-cluster-calls", clock);
        this.manager = new HazelcastClusterManager(OffloadedInstance.of(instance, callbacks));
    }

    /** Starts the member, which joins the others that it finds. Blocks. */
    static Session start(Config config, Clock clock) throws ClusterJoinException {
        try {
            return new Session(Hazelcast.newHazelcastInstance(config), clock);
        } catch (HazelcastException | IllegalStateException failed) {
            throw new ClusterJoinException("Hazelcast does not start: " + failed.getMessage(), failed);
        }
    }

    HazelcastInstance instance() {
        return instance;
    }

    HazelcastClusterManager manager() {
        return manager;
    }

    /** For calls to Hazelcast that may wait. */
    WorkThread calls() {
        return calls;
    }

    /** Calls Vert.x back, which may wait for Hazelcast. */
    WorkThread callbacks() {
        return callbacks;
    }

    /** Where it looks for members that it is apart from, from now on. */
    void looksFor(List<String> addresses) {
        instance.getConfig()
                .getAdvancedNetworkConfig()
                .getJoin()
                .getTcpIpConfig()
                .setMembers(addresses);
    }

    boolean isRunning() {
        return instance.getLifecycleService().isRunning();
    }

    /** How long a thread has been waiting for one call to Hazelcast. */
    long stuckNanos() {
        return Math.max(callbacks.busyNanos(), calls.busyNanos());
    }

    /** Tells of every change of {@link #members} and of Hazelcast's state, on its threads: to be passed on. */
    void listen(Runnable onMembers, Consumer<LifecycleState> onState) {
        instance.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                onMembers.run();
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                onMembers.run();
            }
        });
        instance.getLifecycleService().addLifecycleListener(event -> onState.accept(event.getState()));
    }

    /** The brokers among the members, the one that has been here longest first. */
    List<Listed> members() {
        List<Listed> brokers = new ArrayList<>();
        for (com.hazelcast.cluster.Member member : instance.getCluster().getMembers()) {
            Member broker = MemberAttributes.read(member.getAttributes());
            if (broker != null) {
                brokers.add(new Listed(
                        broker,
                        new PeerAddress(
                                        member.getAddress().getHost(),
                                        member.getAddress().getPort())
                                .toString(),
                        member.localMember()));
            }
        }
        return brokers;
    }

    PeerAddress address() {
        com.hazelcast.cluster.Address address =
                instance.getCluster().getLocalMember().getAddress();
        return new PeerAddress(address.getHost(), address.getPort());
    }

    /**
     * Stops the member. Blocks, at most so long; Hazelcast may be so stuck that it cannot stop.
     *
     * @param clean says farewell to the others first
     * @return whether it stopped
     */
    boolean end(boolean clean, long millisMax) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread ending = new Thread(
                () -> {
                    if (clean) {
                        instance.getLifecycleService().shutdown();
                    } else {
                        instance.getLifecycleService().terminate();
                    }
                    ended.countDown();
                },
                "thalweg-cluster-end");
        ending.setDaemon(true);
        ending.start();
        try {
            return ended.await(millisMax, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            callbacks.end();
            calls.end();
        }
    }
}
