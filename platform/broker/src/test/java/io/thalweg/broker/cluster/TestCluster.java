package io.thalweg.broker.cluster;

import io.thalweg.broker.Broker;
import io.thalweg.broker.BrokerConfig;
import io.thalweg.broker.Futures;
import io.thalweg.broker.VertxTimers;
import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.peer.PeerConfig;
import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.ReadLimits;
import io.thalweg.log.record.RecordReader;
import io.thalweg.replication.promise.PromiseStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/** Several brokers in one process, each with its own Vert.x and directory, connected over loopback. */
final class TestCluster implements AutoCloseable {

    private static final long SECONDS_MAX = 60;

    private final Path root;
    private final FakeCluster members = new FakeCluster();
    private final Map<Integer, Node> nodes = new TreeMap<>();
    /** What a killed broker still has open. */
    private final Map<Integer, Node> killed = new TreeMap<>();

    private final UnaryOperator<BrokerConfig> change;
    private IntFunction<FileSystem> disks = id -> FileSystem.system();
    private Duration leadAfter = Duration.ZERO;

    /** One broker. */
    static final class Node {
        final int id;
        final Vertx vertx;
        final ClusterPeer peer;
        final Future<Broker> starting;
        Future<Void> closed = Future.succeededFuture();

        private Node(int id, Vertx vertx, ClusterPeer peer, Future<Broker> starting) {
            this.id = id;
            this.vertx = vertx;
            this.peer = peer;
            this.starting = starting;
        }

        Broker broker() {
            return Futures.await(starting);
        }

        BrokerApi api() {
            return broker().api();
        }

        BrokerApi routing() {
            return broker().routing();
        }
    }

    TestCluster(Path root) {
        this(root, config -> config);
    }

    TestCluster(Path root, UnaryOperator<BrokerConfig> change) {
        this.root = root;
        this.change = change;
    }

    /** Each broker's disk, asked for whenever it starts. */
    TestCluster onDisks(IntFunction<FileSystem> made) {
        disks = made;
        return this;
    }

    /** So long after its start a broker is given no share of the leaderships. */
    TestCluster leadingAfter(Duration waited) {
        leadAfter = waited;
        return this;
    }

    /** Starts brokers 1 to {@code count} and waits until all are registered. */
    TestCluster start(int count) {
        for (int id = 1; id <= count; id++) {
            begin(id);
        }
        nodes.values().forEach(Node::broker);
        await(
                "everybody sees everybody",
                () -> nodes.values().stream()
                        .allMatch(node -> node.api().cluster().brokers().stream()
                                        .filter(broker -> broker.alive())
                                        .count()
                                == nodes.size()));
        return this;
    }

    /** Begins to start a broker; only the first may form a cluster. */
    Node begin(int id) {
        bury(id);
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setBlockedThreadCheckInterval(100)
                .setMaxEventLoopExecuteTime(1_000)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setEventLoopPoolSize(2));
        Environment real = VertxTimers.environment(vertx);
        Environment environment = new Environment(real.clock(), real.timers(), real.random(), disks.apply(id));
        Path directory = root.resolve("n" + id);
        ClusterIdentity identity;
        try {
            identity = ClusterIdentity.read(environment, directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        ClusterPeer peer = new ClusterPeer(vertx, environment, id, identity, PeerConfig.of("127.0.0.1", 0, null, null));
        int port = Futures.await(peer.listen());
        members.join(peer.member(port, null));
        BrokerConfig config =
                change.apply(BrokerConfig.defaults(directory).withNodeId(id).withJournalBytes(8 << 20));
        ClusterParts parts = new ClusterParts(
                ClusterSettings.defaults(id == 1).withLeadAfter(leadAfter),
                peer,
                members.membership(id),
                members.ownership(id));
        Node node = new Node(id, vertx, peer, Broker.start(vertx, environment, config, parts));
        nodes.put(id, node);
        return node;
    }

    Node node(int id) {
        return nodes.get(id);
    }

    Collection<Node> nodes() {
        return nodes.values();
    }

    /** Stops a broker as a clean stop does. */
    void stop(int id) {
        Node node = nodes.remove(id);
        Futures.await(node.broker().close());
        members.leave(id);
        Futures.await(node.vertx.close());
    }

    /** Takes a broker away from the others without a word; its disk is closed, so that it can be started again. */
    void kill(int id) {
        Node node = nodes.remove(id);
        Futures.await(node.peer.close());
        members.leave(id);
        node.closed = node.broker().close();
        killed.put(id, node);
    }

    /** Clears up behind a broker that did not start. */
    void forget(int id) {
        Node node = nodes.remove(id);
        Futures.await(node.peer.close());
        members.leave(id);
        Futures.await(node.vertx.close());
    }

    /** A broker's membership is made anew. */
    void beginRejoin(int id) {
        members.beginRejoin(id);
    }

    void endRejoin(int id) {
        members.endRejoin(id);
    }

    void rejoin(int id) {
        members.rejoin(id);
    }

    /** Throws a killed broker's disk away. */
    void wipe(int id) {
        bury(id);
        try (Stream<Path> files = Files.walk(root.resolve("n" + id))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Deletes what the replicas of a killed broker promised, and leaves their logs. */
    void losePromises(int id) {
        bury(id);
        try {
            Files.delete(root.resolve("n" + id).resolve(PromiseStore.FILE));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Waits until a killed broker has let go of its directory. */
    private void bury(int id) {
        Node node = killed.remove(id);
        if (node != null) {
            Futures.await(node.closed);
            Futures.await(node.vertx.close());
        }
    }

    /** Any broker that runs. */
    Node any() {
        return nodes.values().iterator().next();
    }

    /** How many decide about metadata, as a broker that knows says. */
    int metadataVoters() {
        Node node = any();
        CompletableFuture<Integer> count = new CompletableFuture<>();
        node.peer
                .loop()
                .runOnContext(
                        nothing -> count.complete(node.peer.info().voters().size()));
        return Futures.await(Future.fromCompletionStage(count));
    }

    PartitionView partition(TopicPartition name) {
        return any().api().cluster().partition(name);
    }

    /** The broker that leads, once all that run agree on one that runs. */
    Node leader(TopicPartition name) {
        await(
                "a leader of " + name + " that all know",
                () -> nodes.values().stream()
                                        .map(node -> node.api().cluster().partition(name))
                                        .map(view -> view == null ? -1 : view.leader())
                                        .distinct()
                                        .count()
                                == 1
                        && partition(name) != null
                        && nodes.containsKey(partition(name).leader()));
        return nodes.get(partition(name).leader());
    }

    /** Appends with acks=all, asking for the leader again while that changes; the offset. */
    long append(TopicPartition name, String value) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (true) {
            PartitionView view = partition(name);
            Node leader = view == null ? null : nodes.get(view.leader());
            try {
                if (leader != null) {
                    return Futures.await(append(leader, name, value)).baseOffset();
                }
            } catch (ThalwegException refused) {
                if (!refused.error().retriable()) {
                    throw refused;
                }
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("no append within " + SECONDS_MAX + " s: " + name + " view=" + view);
            }
            pause();
        }
    }

    static Future<AppendResult> append(Node leader, TopicPartition name, String value) {
        return leader.api().append(new AppendRequest(name, batch(value), Acks.ALL, 10_000));
    }

    static ByteBuffer batch(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return BatchBuilder.uncompressed()
                .append(System.currentTimeMillis(), bytes, bytes)
                .build();
    }

    /** All committed values, read from the leader, whoever that becomes meanwhile. */
    List<String> values(TopicPartition name) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (true) {
            try {
                return values(leader(name).api(), name);
            } catch (ThalwegException refused) {
                if (!refused.error().retriable() || System.nanoTime() - deadline > 0) {
                    throw refused;
                }
            }
        }
    }

    static List<String> values(BrokerApi api, TopicPartition name) {
        List<String> values = new ArrayList<>();
        long offset = 0;
        while (true) {
            FetchResult result = Futures.await(api.fetch(new FetchRequest(
                    List.of(new FetchPartition(name, null, offset, 1 << 20, -1, -1)),
                    5_000,
                    0,
                    1 << 20,
                    IsolationLevel.READ_UNCOMMITTED)));
            try (result) {
                ErrorCode error = result.partitions().get(0).error();
                if (error != ErrorCode.NONE) {
                    throw new ThalwegException(error, "read of " + name + " at " + offset);
                }
                ByteBuffer bytes = ByteBuffer.allocate(result.sizeInBytes());
                result.partitions().get(0).records().copyTo(bytes);
                if (bytes.flip().remaining() == 0) {
                    return values;
                }
                long[] next = {offset};
                RecordReader.forEach(bytes, ReadLimits.defaults(), found -> {
                    values.add(StandardCharsets.UTF_8
                            .decode(found.value().duplicate())
                            .toString());
                    next[0] = found.offset() + 1;
                    return true;
                });
                offset = Math.max(next[0], endOf(bytes));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** Behind the last batch, which may hold a leader's mark alone. */
    private static long endOf(ByteBuffer bytes) {
        long end = 0;
        for (int at = 0; at < bytes.limit(); ) {
            end = bytes.getLong(at) + bytes.getInt(at + 23) + 1;
            at += 12 + bytes.getInt(at + 8);
        }
        return end;
    }

    /** Returns when something is so. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not so within " + SECONDS_MAX + " s: " + what);
            }
            pause();
        }
    }

    /** Leaves the cores to the brokers. */
    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }

    @Override
    public void close() {
        List.copyOf(nodes.values()).forEach(node -> Futures.await(node.broker().close()));
        nodes.keySet().forEach(members::leave);
        nodes.values().forEach(node -> Futures.await(node.vertx.close()));
        List.copyOf(killed.keySet()).forEach(this::bury);
    }
}
