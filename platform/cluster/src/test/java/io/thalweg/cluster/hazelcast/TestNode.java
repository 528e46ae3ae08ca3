package io.thalweg.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.cluster.Member;
import io.thalweg.cluster.MembershipListener;
import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.PartitionId;
import io.thalweg.cluster.PeerAddress;
import io.thalweg.environment.Clock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A node that is nothing but its membership, in this JVM and on loopback. */
final class TestNode implements MembershipListener {

    private static final int SECONDS_MAX = 60;
    private static final Executor DIRECT = Runnable::run;

    final HazelcastCluster cluster;
    final Vertx vertx;

    /** "joined 2/1" for broker 2, incarnation 1; "left 2/1", "rejoining", "rejoined". */
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    final BlockingQueue<Collection<Ownership>> changes = new LinkedBlockingQueue<>();
    final BlockingQueue<Collection<PartitionId>> gone = new LinkedBlockingQueue<>();

    private TestNode(HazelcastCluster cluster, Vertx vertx) {
        this.cluster = cluster;
        this.vertx = vertx;
        cluster.membership().listen(DIRECT, this);
        cluster.ownership().listen(DIRECT, (changed, without) -> {
            changes.add(changed);
            if (!without.isEmpty()) {
                gone.add(without);
            }
        });
    }

    static TestNode start(HazelcastClusterConfig config, Member local) {
        HazelcastCluster cluster = new HazelcastCluster(config, Clock.system(), vertx -> Future.succeededFuture(local));
        VertxOptions options = new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(4);
        Vertx vertx = await(Vertx.builder()
                .with(options)
                .withClusterManager(cluster.clusterManager())
                .buildClustered());
        return new TestNode(cluster, vertx);
    }

    /** Finds the others, or is the first. */
    static TestNode start(int brokerId, TestNode... others) {
        List<String> members = java.util.Arrays.stream(others)
                .map(node -> node.cluster.address().toString())
                .toList();
        return start(config(0, members), member(brokerId, 1));
    }

    static HazelcastClusterConfig config(int port, List<String> members) {
        return config(port, members, Duration.ofSeconds(30));
    }

    static HazelcastClusterConfig config(int port, List<String> members, Duration stuckAfter) {
        return new HazelcastClusterConfig(
                "127.0.0.1", port, members, "test", Duration.ofSeconds(10), Duration.ofSeconds(2), stuckAfter);
    }

    static Member member(int brokerId, int incarnation) {
        return new Member(
                brokerId,
                incarnation,
                new PeerAddress("127.0.0.1", 10_000 + brokerId),
                "rack-" + brokerId,
                "cluster-1");
    }

    static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException none) {
            throw new AssertionError(none);
        }
    }

    List<Integer> members() {
        return cluster.membership().members().stream()
                .map(Member::brokerId)
                .sorted()
                .toList();
    }

    Session session() {
        return Objects.requireNonNull(cluster.live().session());
    }

    /** Its Hazelcast member dies, and the node lives. */
    void killMember() {
        session().instance().getLifecycleService().terminate();
    }

    /** Dies without a word to the others, as far as these can tell. */
    void kill() {
        cluster.live().stop(false, () -> {});
    }

    void close() {
        await(vertx.close());
    }

    String nextEvent() {
        return next(events);
    }

    @Override
    public void onJoined(Member member) {
        events.add("joined " + member.brokerId() + "/" + member.incarnation());
    }

    @Override
    public void onLeft(Member member) {
        events.add("left " + member.brokerId() + "/" + member.incarnation());
    }

    @Override
    public void onRejoining(String reason) {
        events.add("rejoining");
    }

    @Override
    public void onRejoined() {
        events.add("rejoined");
    }

    static <T> T next(BlockingQueue<T> queue) {
        try {
            @Nullable T next = queue.poll(SECONDS_MAX, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing within " + SECONDS_MAX + " s");
            }
            return next;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Looks again whenever the node was told of a change of what others own. */
    void awaitOwnership(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            next(changes);
        }
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw new CompletionException(failed.getCause());
        } catch (TimeoutException tooLong) {
            throw new AssertionError("no answer within " + SECONDS_MAX + " s", tooLong);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    void assertSees(Integer... brokerIds) {
        assertThat(members()).containsExactly(brokerIds);
    }

    /** Looks again whenever the node was told of a change of its members. */
    void awaitMembers(Integer... brokerIds) {
        while (!members().equals(List.of(brokerIds))) {
            nextEvent();
        }
    }
}
